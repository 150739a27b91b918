"""Money for people: minor units become the text a borrower reads."""

from domain.debt.currencies import MINOR_DIGITS

_MOST_COMMON = 2  # of a code that is on record and has left the list since


def format_money(amount_minor: int, currency: str) -> str:
    """`123456, "CNY"` becomes `CNY 1,234.56`."""
    digits = MINOR_DIGITS.get(currency, _MOST_COMMON)
    whole, rest = divmod(amount_minor, 10**digits)
    return f"{currency} {whole:,}" + (f".{rest:0{digits}d}" if digits else "")
