"""What a reply says: a word, however it is written; anything else is for people."""

import pytest

from domain.contact.replies import Reading, read_reply


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("N", "wrong_person"),
        (" n. ", "wrong_person"),
        ("Ｎ", "wrong_person"),
        ("非本人！", "wrong_person"),
        ("STOP", "refused"),
        ("Stop all", "refused"),
        ("退订", "refused"),
        ("【退订】", "refused"),
        ("TD", "refused"),
        ("是本人", "confirmed"),
        ("Yes.", "confirmed"),
        ("不是不还，下月发工资", "for_people"),
        ("Not now, stop by on Monday", "for_people"),
        ("你们是谁", "for_people"),
        ("?", "for_people"),
        ("", "for_people"),
    ],
)
def test_reply_is_read(text: str, reading: str) -> None:
    """A sentence that merely has the word in it is no such reply."""
    assert read_reply(text) is Reading(reading)
