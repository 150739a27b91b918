"""Chance that a seed decides: the same question has the same answer, whoever asks, in any order.

So what one loan meets depends on no other loan, on no process and on no policy: under two policies
the same call at the same step is answered alike.
"""

import hashlib
from datetime import timedelta
from typing import NamedTuple

_WHOLE = 2**64


class Chance(NamedTuple):
    """The draws of one loan."""

    seed: int
    loan_id: str

    def share(self, *question: object) -> float:
        """A number from 0 up to, and without, 1."""
        text = "|".join(map(str, (self.seed, self.loan_id, *question)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / _WHOLE

    def happens(self, likelihood: float, *question: object) -> bool:
        """Whether something of a likelihood happens."""
        return likelihood > 0 and self.share(*question) < likelihood

    def between(self, span: tuple[int, int], *question: object) -> int:
        """A whole number of a span, both ends among them."""
        first, last = span
        return first + int(self.share(*question) * (last - first + 1))

    def one_of(self, likelihoods: dict[str, float], *question: object) -> str | None:
        """The one thing of several that happens; None where none does."""
        drawn = self.share(*question)
        for name, likelihood in likelihoods.items():
            if drawn < likelihood:
                return name
            drawn -= likelihood
        return None

    def within(self, span: tuple[int, int], *question: object) -> timedelta:
        """So many days of a span, and an hour of the day at which people act."""
        days = self.between(span, *question, "days")
        return timedelta(days=days, minutes=self.between((20, 600), *question, "minutes"))
