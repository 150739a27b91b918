"""Rules of a profile that the software does not keep: named, so that nobody relies on them."""

from pydantic import Field

from domain.policy.rule import RULE_ID, PolicyModel


class NotKept(PolicyModel):
    """One rule that binds whoever goes by the profile, and why nothing here keeps it."""

    id: str = Field(pattern=RULE_ID)
    why: str = Field(min_length=10)
