"""What an import refuses, and what it takes: one test for each kind of docs/import.md."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.contact.hold import HoldReason
from domain.debt.status import LoanStatus
from domain.tape.doubts import doubts
from domain.tape.encoding import encoding_of
from domain.tape.options import ImportOptions
from domain.tape.phone_number import e164
from tests.support.tapes.rows import problems, row

TODAY = date(2018, 7, 1)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Loan Paid", LoanStatus.SETTLED),
        ("PAID_OFF", LoanStatus.SETTLED),
        ("Does not meet the credit policy. Status:Charged Off", LoanStatus.WRITTEN_OFF),
        ("已结清", LoanStatus.SETTLED),
        ("Chargedoff", LoanStatus.WRITTEN_OFF),
        ("write-off", LoanStatus.WRITTEN_OFF),
        ("已核销", LoanStatus.WRITTEN_OFF),
        ("Canceled", LoanStatus.WITHDRAWN),
        ("Bought back", LoanStatus.TRANSFERRED),
        ("债权转让", LoanStatus.TRANSFERRED),
        ("诉讼中", LoanStatus.IN_LEGAL),
        ("Past Due (1-15 days)", LoanStatus.ACTIVE),
        ("Late (31-120 days)", LoanStatus.ACTIVE),
        ("30+ DPD", LoanStatus.ACTIVE),
        ("逾期45天", LoanStatus.ACTIVE),
        ("Ｍ３＋", LoanStatus.ACTIVE),
    ],
)
def test_word_for_the_state_of_a_loan_decides(word: str, status: LoanStatus) -> None:
    """In any writing; what is closed comes in closed."""
    assert (row(reported_status=word).status, row(reported_status=word).hold) == (status, None)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("deceased", HoldReason.BEREAVEMENT),
        ("死亡", HoldReason.BEREAVEMENT),
        ("Bankruptcy (Chapter 13)", HoldReason.INSOLVENCY),
        ("个人破产", HoldReason.INSOLVENCY),
        ("In dispute", HoldReason.DISPUTE),
        ("Forbearance", HoldReason.HARDSHIP),
    ],
)
def test_person_in_trouble_is_left_in_peace(word: str, reason: HoldReason) -> None:
    """The loan is active, and on hold from the first day."""
    taken = row(reported_status=word)
    assert (taken.status, taken.hold) == (LoanStatus.ACTIVE, reason)


@pytest.mark.parametrize("word", ["Mostly harmless", "status 7", "Not current", "7", "处理中了"])
def test_unknown_word_is_refused(word: str) -> None:
    """Nothing is collected in doubt."""
    assert "no known word" in problems(reported_status=word)["reported_status"]


@pytest.mark.parametrize("field", ["loan_id", "borrower_id", "lender"])
@pytest.mark.parametrize(
    "value",
    ["N/A", "None", "NULL", "nan", "0", "000", "#REF!", "#NAME?", "####", "-", "未知", "Ｎ／Ａ"],
)
def test_placeholder_is_no_id(field: str, value: str) -> None:
    """It would make one person of many."""
    assert field in problems(**{field: value})


@pytest.mark.parametrize("value", ["52.0", "9.87E+12", "1e+16", "9.87654E15", "1,234", "-4.0"])
def test_rewritten_number_is_no_id(value: str) -> None:
    """Digits are lost."""
    assert "rewritten" in problems(loan_id=value)["loan_id"]


@pytest.mark.parametrize("value", ["52", "0052", "A-1.0", "12E4", "v2.1", "NA-7", "2024/07-1"])
def test_other_ids_are_taken(value: str) -> None:
    """Letters, signs and leading zeros are the lender's business."""
    assert row(loan_id=value).loan_id == value


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("15912345678", "CN", "+8615912345678"),
        ("8615912345678", "CN", "+8615912345678"),
        ("0086-159-1234-5678", "CN", "+8615912345678"),
        ("（010）6552 9988", "CN", "+861065529988"),
        ("１５９１２３４５６７８", "CN", "+8615912345678"),
        ("(201) 555-0123", "US", "+12015550123"),
        ("07400 123456", "GB", "+447400123456"),
        ("+44 (0)20 7946 0018", "CN", "+442079460018"),
        ("098765 43210", "IN", "+919876543210"),
        ("9.87E+10", "CN", None),
        ("15912345678.0", "CN", None),
        ("15912345678/15887654321", "CN", None),
        ("15912345678 15887654321", "CN", None),
        ("15912345678;", "CN", None),
        ("5912345678", "CN", None),
        ("call me", "CN", None),
        ("1-800-FLOWERS", "US", None),
        ("15912345678 ext 5", "CN", None),
        ("110", "CN", None),
        ("", "CN", None),
    ],
)
def test_number_has_one_form_or_none(written: str, country: str, number: str | None) -> None:
    """However it is written; what cannot be dialled is no number."""
    assert e164(written, country) == number


@pytest.mark.parametrize("written", ["N/A", "0", "9.87E+10", "15912345678.0", "null"])
@pytest.mark.parametrize("field", ["phone", "contact_person_phone"])
def test_refused_number_is_not_repeated(field: str, written: str) -> None:
    """The reason names the field and not the value."""
    assert written not in problems(**{field: written})[field].removesuffix("CN or with +")


@pytest.mark.parametrize(
    "zone", ["localtime", "Factory", "posixrules", "CET", "EST5EDT", "Etc/GMT+5", "asia/shanghai"]
)
def test_time_zone_is_a_place(zone: str) -> None:
    """The others are offsets, or wherever a machine stands."""
    assert "time_zone" in problems(time_zone=zone)


@pytest.mark.parametrize("code", ["ZZZ", "XXX", "XAU", "XTS", "DEM", "HRK", "BTC"])
def test_currency_is_in_iso_4217(code: str) -> None:
    """Old and private codes, metals and codes for tests are refused."""
    assert "currency" in problems(currency=code)


@pytest.mark.parametrize("name", ["\ue123王", "李\U0002ebf5", "ئابلىز", "བསྟན་འཛིན", "Nguyễn Thị",
                                  "สมชาย", "अमित\u200dशर्मा", "ᠪᠠᠶᠠᠷ\u180eᠠ", "Łucja"])  # fmt: skip
def test_every_name_is_taken(name: str) -> None:
    """Letters newer than the interpreter, of private use, with joiners, of any script."""
    assert row(borrower_name=name).borrower_name == name


@pytest.mark.parametrize("name", ["a\u202eb", "a\ufffd", "a\x07", "N/A", "unknown", "123", "??"])
def test_what_is_no_name_is_refused(name: str) -> None:
    """Hidden, lost or turned characters, and words that stand for nothing."""
    assert "borrower_name" in problems(borrower_name=name)


def refused(options: ImportOptions | None = None, /, **changes: Any) -> set[str]:
    return {problem.field for problem in doubts(row(**changes), options or ImportOptions())}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"installment_minor": "12000"}, {"installment_minor"}),  # interest only
        ({"term_months": "6", "installment_minor": "100000"}, {"installment_minor"}),
        ({"annual_rate_percent": "0.1407"}, {"annual_rate_percent"}),  # 14.07 %
        ({"principal_minor": "12000"}, {"annual_rate_percent"}),  # yuan beside fen
        ({"annual_rate_percent": "0", "installment_minor": "100000"}, set()),
        ({"annual_rate_percent": "30"}, set()),
    ],
)
def test_schedule_must_be_possible(changes: dict[str, str], fields: set[str]) -> None:
    """The principal fits into the instalments, and their interest into the rate."""
    assert refused(None, **changes) == fields


def test_default_dates_are_refused() -> None:
    """What systems write for no date, and what would be decades past due."""
    assert "first_due_on" in problems(first_due_on="1970-01-01")
    assert refused(None, first_due_on="1980-02-15") == {"first_due_on"}


@pytest.mark.parametrize(("days", "is_far"), [(-1, False), (-2, True), (7, False), (8, True)])
def test_tape_of_another_time_is_refused(days: int, is_far: bool) -> None:
    """Of tomorrow at most (the earth turns), and a week old at most, unless the operator says."""
    day = TODAY + timedelta(days=days)
    why = ImportOptions(today=day).why_far(TODAY)
    assert (why is not None) == is_far
    assert refused(ImportOptions(today=TODAY + timedelta(days=300))) == {"as_of"}
    assert refused(ImportOptions(today=TODAY + timedelta(days=300), any_day=True)) == set()


def test_region_gives_the_time_zone_where_a_country_has_several() -> None:
    """A region that the table does not have is refused, unless the operator names a zone."""
    american = ImportOptions(country="US", time_zone="America/New_York", language="en")
    assert american.zone_of("NJ") == "America/New_York"
    assert american.zone_of("ca") == "America/Los_Angeles"
    assert refused(american, region="Ontario") == {"region"}
    said = ImportOptions(country="US", time_zone="America/Denver", zone_is_said=True)
    assert refused(said, region="") == set()


def test_contact_person_is_somebody_else() -> None:
    """The borrower's own number in another writing is no contact person's."""
    own = {"phone": "15912345678", "contact_person_phone": "+86 159 1234 5678"}
    assert refused(None, **own) == {"contact_person_phone"}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("王\n李\n".encode(), "utf-8"),
        ("Ann\n卢梅\n陆毛\n王芳\n".encode("gb18030"), "gb18030"),
        (b"Ann\n\xff\n", None),
        ("王\n".encode("utf-16"), None),
        ("Ann\n王".encode("gb18030")[:-1], None),
    ],
)
def test_file_has_one_encoding(content: bytes, encoding: str | None) -> None:
    """One line that is not UTF-8 makes the whole file something else, or nothing."""
    assert encoding_of(content.splitlines(keepends=True)) == encoding
