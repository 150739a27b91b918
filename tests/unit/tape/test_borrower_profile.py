"""The borrower of a tape's row: as told, made up only when asked, and never somebody else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contact.facts import Relation
from domain.tape.borrower_profile import (
    differing_fields,
    made_up_number,
    profile_of,
    stranger,
)
from domain.tape.options import ImportOptions
from tests.support.tapes.rows import row

INVENTING = ImportOptions(invents_people=True)
OWN, OTHER = "138 0000 0001", "+86 139-0000-0002"


def test_missing_people_are_made_up_and_look_it() -> None:
    """No made-up number can be anyone's, and the same borrower always has the same one."""
    made_up = profile_of(row(), INVENTING)
    assert made_up.is_made_up
    assert made_up.full_name == "借款人 00001"
    assert made_up.phone == "+8600000000001"
    assert made_up.address == "示例路 1 号, NJ"
    assert (made_up.phones[0].phone_id, made_up.address_id) == ("B-00001-p1", "B-00001-a1")
    english = profile_of(row(region=""), replace(INVENTING, language="en"))
    assert english[1:3] == ("Borrower 00001", "en")
    assert (english.phone, english.address) == ("+100000000001", "1 Sample Road")


def test_made_up_numbers_are_not_shared() -> None:
    """Whoever shares a number shares what is counted of it, and is answered for by the other."""
    ids = [f"B-{number:05}-{copy}" for number in range(200) for copy in range(3)]
    ids += [f"B-{number}" for number in range(200)]
    assert len({made_up_number(each) for each in ids}) == len(ids)


def test_what_the_tape_says_of_a_borrower_counts() -> None:
    """Given columns replace both what is made up and the defaults."""
    told = profile_of(
        row(borrower_name=" 张 三 ", phone=OWN, address="a", time_zone="Asia/Tokyo", language="en"),
        ImportOptions(),
    )
    assert told[:7] == ("B-00001", "张 三", "en", "Asia/Tokyo", "+8613800000001", "a", "NJ")
    assert told.phones == [("B-00001-p1", "+8613800000001", OWN, Relation.SELF)]
    assert not told.missing


def test_nobody_is_invented_unasked() -> None:
    """What a tape leaves out is missing, and named."""
    told = profile_of(row(), ImportOptions())
    assert (told.full_name, told.phones, told.address) == ("", [], "")
    assert told.missing == ["borrower_name", "phone"]
    assert not told.is_made_up


def test_contact_person_is_told_apart_from_the_borrower() -> None:
    """Their number is kept under an id of its own, as somebody else's."""
    profile = profile_of(row(phone=OWN, contact_person_phone=OTHER), ImportOptions())
    assert profile.phones[1:] == [("B-00001-c1", "+8613900000002", OTHER, Relation.CONTACT_PERSON)]


@given(st.text(min_size=1))
def test_a_made_up_number_is_stable_and_short(borrower_id: str) -> None:
    """Any id gives at most eight digits."""
    assert 0 <= made_up_number(borrower_id) == made_up_number(borrower_id) < 10**8


def test_only_what_the_tape_says_can_differ_from_the_kept_borrower() -> None:
    """Columns left out are no contradiction."""
    kept = profile_of(row(phone=OWN, time_zone="Asia/Seoul"), ImportOptions())
    assert differing_fields(row(), kept) == []
    assert differing_fields(row(phone=OTHER, time_zone="Asia/Tokyo"), kept) == [
        "phone",
        "time_zone",
    ]


ANN = {"borrower_name": "Ann Li", "phone": OWN}


@pytest.mark.parametrize(
    ("said", "is_stranger"),
    [
        ({}, False),
        (ANN | {"phone": OTHER}, False),
        (ANN | {"borrower_name": "Ann Li-Wu"}, False),  # same number: a new name
        ({"borrower_name": "ANN  LI"}, False),
        ({"borrower_name": "Bo Xu", "phone": OTHER}, True),
        ({"borrower_name": "Bo Xu"}, True),  # and nothing says that it is the same person
        (ANN | {"lender": "another"}, False),
        ({"lender": "another"}, True),
        (ANN | {"lender": "another", "phone": OTHER}, True),
        (ANN | {"lender": "another", "borrower_name": "Bo Xu"}, True),
    ],
)
def test_same_id_may_be_another_person(said: dict[str, str], is_stranger: bool) -> None:
    """By name and number; ids are one lender's, so from another lender both must be the same."""
    kept = profile_of(row(**ANN), ImportOptions())
    assert (stranger(row(**said), kept) is not None) == is_stranger
