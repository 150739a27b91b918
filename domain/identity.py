"""Who is who: people are compared as identities, not letter by letter.

Systems write one person's id in their own ways: `k-1`, `K-1`, or with letters of full width.
"""

import unicodedata
from collections.abc import Iterable


def canonical(person_id: str) -> str:
    """An id as it is compared: whatever its case, its width and its blanks.

    The same as `canonical_id` in the database.
    """
    return "".join(unicodedata.normalize("NFKC", person_id).lower().split())


def is_same_person(one: str | None, other: str | None) -> bool:
    """Whether two ids name one person; nobody is the same as nobody."""
    return one is not None and other is not None and canonical(one) == canonical(other)


def is_among(person_id: str, others: Iterable[str | None]) -> bool:
    """Whether an id names one of several people."""
    return any(is_same_person(person_id, other) for other in others)


def people_of(person_ids: Iterable[str]) -> set[str]:
    """The people that some ids name, each once, by their canonical ids."""
    return {canonical(person_id) for person_id in person_ids}
