"""Money for people: minor units become the text a borrower reads."""

# ISO 4217 currencies without a minor unit, or with three digits; all others have two.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3, "TND": 3}


def format_money(amount_minor: int, currency: str) -> str:
    """`123456, "CNY"` becomes `CNY 1,234.56`."""
    digits = _DIGITS.get(currency, 2)
    whole, rest = divmod(amount_minor, 10**digits)
    return f"{currency} {whole:,}" + (f".{rest:0{digits}d}" if digits else "")
