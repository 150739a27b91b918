"""Money for people: minor units become the text a borrower reads."""

from domain.debt.currencies import MINOR_DIGITS

_MOST_COMMON = 2  # of a code that is on record and has left the list since


def money_in_words(amount_minor: int, currency: str, language: str) -> str:
    """As it is written where the language is spoken: `1,234.56元`, `CNY 1,234.56`."""
    text = format_money(amount_minor, currency)
    return f"{text.removeprefix('CNY ')}元" if (currency, language) == ("CNY", "zh") else text


def format_money(amount_minor: int, currency: str) -> str:
    """`123456, "CNY"` becomes `CNY 1,234.56`."""
    digits = MINOR_DIGITS.get(currency, _MOST_COMMON)
    whole, rest = divmod(amount_minor, 10**digits)
    return f"{currency} {whole:,}" + (f".{rest:0{digits}d}" if digits else "")
