"""Renminbi in capital numerals, as contracts write amounts so that nobody alters them.

After the rules for filling in bills of the People's Bank of China's payment measures: a 零 stands
where digits are skipped, and between 元 and 分 when there is no 角; 整 closes an amount without
分. Where the rules leave a choice, we write 整 after 角, and no 零 for zeros that end a section.
"""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_SECTIONS = ("", "万", "亿", "万亿")
LARGEST_MINOR = 10**18 - 1  # sections of four digits, 万亿 the highest


def capital_yuan(amount_minor: int) -> str:
    """`1234567` (fen) becomes `壹万贰仟叁佰肆拾伍元陆角柒分`.

    Raises:
        ValueError: for an amount below nothing, or of more than sixteen digits before the point.
    """
    if not 0 <= amount_minor <= LARGEST_MINOR:
        raise ValueError(f"amount_minor: {amount_minor} is not between 0 and {LARGEST_MINOR}")
    yuan, cents = divmod(amount_minor, 100)
    jiao, fen = divmod(cents, 10)
    if not amount_minor:
        return "零元整"
    text = f"{_write_integer(yuan)}元" if yuan else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    return text + (f"{_DIGITS[fen]}分" if fen else "整")


def _write_integer(number: int) -> str:
    """A number above nothing, section by section of four digits."""
    text, skipped = "", False
    for index in reversed(range(len(_SECTIONS))):
        section = number // 10 ** (4 * index) % 10_000
        if not section:
            skipped = bool(text)
            continue
        if text and (skipped or section < 1000):
            text += "零"
        text += _write_section(section) + _name_of(index, number)
        skipped = False
    return text


def _name_of(index: int, number: int) -> str:
    """万亿 shares its 亿 with the section below, where that is not empty."""
    if index == 3 and number // 10**8 % 10_000:
        return "万"
    return _SECTIONS[index]


def _write_section(section: int) -> str:
    """One to 9999, without leading zeros."""
    text, skipped = "", False
    for digit, place in zip(f"{section:04}", _PLACES, strict=True):
        if digit == "0":
            skipped = bool(text)
            continue
        text += ("零" if skipped else "") + _DIGITS[int(digit)] + place
        skipped = False
    return text
