"""The borrower of a tape's row: as told, or made up where the tape says nothing."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.contact.facts import Relation
from domain.tape.borrower_profile import (
    BorrowerProfile,
    differing_fields,
    made_up_number,
    profile_of,
)
from tests.support.tapes.rows import row


def test_missing_people_are_made_up_and_look_it() -> None:
    """No made-up number can be anyone's, and the same borrower always has the same one."""
    made_up = profile_of(row(), time_zone="Asia/Shanghai", language="zh")
    assert made_up.full_name == "借款人 00001"
    assert made_up.phone == "+86 000 0000 0001"
    assert made_up.address == "示例路 1 号, NJ"
    assert (made_up.phone_id, made_up.address_id) == ("B-00001-p1", "B-00001-a1")
    english = profile_of(row(region=""), time_zone="UTC", language="en")
    assert english[1:3] == ("Borrower 00001", "en")
    assert (english.phone, english.address) == ("+1 000 0000 0001", "1 Sample Road")


def test_what_the_tape_says_of_a_borrower_counts() -> None:
    """Given columns replace both what is made up and the defaults."""
    told = profile_of(
        row(borrower_name=" 张 三 ", phone="p", address="a", time_zone="UTC", language="en"),
        time_zone="Asia/Shanghai",
        language="zh",
    )
    assert told == BorrowerProfile("B-00001", "张 三", "en", "UTC", "p", "a", "NJ")
    assert told.phones == [("B-00001-p1", "p", Relation.SELF)]


def test_contact_person_is_told_apart_from_the_borrower() -> None:
    """His number is kept under an id of its own, as somebody else's."""
    profile = profile_of(row(phone="p", contact_person_phone="c"), time_zone="UTC", language="en")
    assert profile.phones[1:] == [("B-00001-c1", "c", Relation.CONTACT_PERSON)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1))
def test_a_made_up_number_is_stable_and_short(borrower_id: str) -> None:
    """Any id gives at most eight digits."""
    assert 0 <= made_up_number(borrower_id) == made_up_number(borrower_id) < 10**8


def test_only_what_the_tape_says_can_differ_from_the_kept_borrower() -> None:
    """Columns left out are no contradiction."""
    kept = profile_of(row(phone="1", time_zone="UTC"), time_zone="UTC", language="en")
    assert differing_fields(row(), kept) == []
    assert differing_fields(row(phone="2", time_zone="Asia/Tokyo"), kept) == ["phone", "time_zone"]
