"""What was paid over all that was ever owed, and what collectors were told of it."""

from typing import NamedTuple

from database.sql import SQL, Connection


class Overpaid(NamedTuple):
    """What is over by the record, and by what was told. In minor units."""

    overpaid_minor: int
    told_minor: int  # to be paid back, by all notices of the loan together
    taken_back: int  # how often some of it was over no more

    @property
    def to_tell_minor(self) -> int:
        """What has come since somebody was told last."""
        return max(self.overpaid_minor - self.told_minor, 0)

    @property
    def to_take_back_minor(self) -> int:
        """What somebody was told to pay back, and is owed again."""
        return max(self.told_minor - self.overpaid_minor, 0)


async def read_overpaid(connection: Connection, loan_id: str) -> Overpaid:
    """As of now, within the transaction that changes it."""
    overpaid_minor = await SQL.overpaid(connection, loan_id=loan_id)
    told = await SQL.told_of_overpaid(connection, loan_id=loan_id)
    return Overpaid(overpaid_minor, told["told_minor"], told["taken_back"])
