"""The encoding of a tape: one for the whole file, never line by line.

The bytes of some Chinese characters in GB18030 are valid UTF-8 for other characters: a file of
which one line is not UTF-8 is not UTF-8 at all.
"""

import codecs
from collections.abc import Iterable, Iterator

UTF_8, GB18030 = "utf-8", "gb18030"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def encoding_of(lines: Iterable[bytes]) -> str | None:
    """The encoding that all lines of a file are in, UTF-8 or else GB18030; None for neither."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in (UTF_8, GB18030)}
    for number, line in enumerate(lines):
        if number == 0 and line.startswith(_UTF16):
            return None
        decoders = {name: each for name, each in decoders.items() if _takes(each, line)}
        if not decoders:
            return None
    whole = [name for name, each in decoders.items() if _takes(each, b"", final=True)]
    return whole[0] if whole else None


def _takes(decoder: codecs.IncrementalDecoder, line: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(line, final)
    except UnicodeDecodeError:
        return False
    return True


def is_encoding(name: str) -> bool:
    """Whether a name stands for an encoding of text."""
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def in_utf8(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines of any encoding as the reader of tapes takes them."""
    for line in lines:
        yield line.encode()
