"""A time of day where the borrower lives, as policies and events write it."""

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator


def _only_text(value: object) -> object:
    """YAML reads 22:00 without quotes as a number, which pydantic would read as another time."""
    if isinstance(value, (str, time)):
        return value
    raise ValueError('must be text, in YAML in quotes, such as "08:00"')


def _without_offset(local: time) -> time:
    if local.tzinfo is None:
        return local
    raise ValueError("must be local time, without an offset")


LocalTime = Annotated[time, BeforeValidator(_only_text), AfterValidator(_without_offset)]
