"""What an agreement says, as HTML and as PDF: every amount and date, and nothing forbidden."""

import re
from datetime import date

import pytest
from pydantic import ValidationError

from documents.agreement import render_agreement
from documents.capital_numerals import capital_yuan
from domain.messages.texts import Language
from domain.plan.plan import Predecessor
from policies.texts.claims import forbidden_claims
from tests.support.money.agreements import LANGUAGES, PLAN, both_forms, squeezed, terms

# Everything with an amount or a date of `terms`, as it is shown.
AMOUNTS = (
    "12,845.60", "1,123.60", "11,722.00", "182.37", "300.00", "12,727.97", "3,182.00", "3,181.99",
    "3,181.98", "9,545.97", "6,363.98", "0.00",
)  # fmt: skip
SHOWN = (
    "2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28", "2026-11-24", "2026-11-24 15:30",
    "2026-11-27 15:30 (Asia/Shanghai, UTC+08:00)", "2027-03-10", "2030-02-28",
    "L-1:2026-07-10:plan-1:agreement", "400-000-0000",
    "12378",
)  # fmt: skip


@LANGUAGES
def test_both_forms_say_every_amount_and_date(language: str) -> None:
    """Arrears, components, penalty, waiver, total, each part and the rest, each day.

    Amounts are written as the language writes them, in messages and documents alike.
    """
    written = [f"{each}元" if language == "zh" else f"CNY {each}" for each in AMOUNTS]
    for words in both_forms(render_agreement(terms(language))):
        shown = [*written, *SHOWN]
        assert [each for each in shown if squeezed(each) not in squeezed(words)] == []
        assert ("CNY" in words) == (language == "en")


@LANGUAGES
def test_pdf_says_what_the_html_says(language: str) -> None:
    """Character by character, but for where it stands; the foot of each page is its own."""
    html, pdf = (sorted(squeezed(words)) for words in both_forms(render_agreement(terms(language))))
    foot = "".join(f"L-1:2026-07-10:plan-1:agreement{page}/2" for page in (1, 2))
    bullets = "•" * 5
    assert pdf == sorted([*html, *foot, *bullets])


def test_chinese_amounts_stand_in_capitals_too() -> None:
    """Of the debt and of each part; nothing of the kind in English or in another currency."""
    amounts = [PLAN.total_minor, PLAN.arrears_minor, *(part.amount_minor for part in PLAN.parts)]
    for words in both_forms(render_agreement(terms())):
        assert [amount for amount in amounts if capital_yuan(amount) not in words] == []
    for other in (terms("en"), terms(currency="USD")):
        for words in both_forms(render_agreement(other)):
            assert not set("壹贰叁肆伍陆柒捌玖") & set(words)


@LANGUAGES
def test_grace_is_stated_in_days(language: str) -> None:
    """And that a payment within it counts, whenever it becomes known; an old offer states none."""
    days = {"zh": "宽限期（最晚还款日后5天）", "en": "grace of 5 days after its due date"}[language]
    late = {"zh": "即使我们事后才得知", "en": "also where the payment becomes known later"}[
        language
    ]
    for words in both_forms(render_agreement(terms(language))):
        assert squeezed(days) in squeezed(words)
        assert squeezed(late) in squeezed(words)
    for words in both_forms(render_agreement(terms(language, grace_days=None))):
        assert squeezed(days) not in squeezed(words)


@LANGUAGES
def test_what_comes_after_the_plan_and_when_it_breaks_is_said(language: str) -> None:
    """Due again as the contract has it, and limitation too."""
    said = {
        "zh": ("各期按合同约定的日期到期", "自借款合同最后一期的还款日起计算"),
        "en": ("due as the contract has them", "the last instalment of the loan contract falls"),
    }[language]
    for words in both_forms(render_agreement(terms(language))):
        assert [claim for claim in said if squeezed(claim) not in squeezed(words)] == []
    for words in both_forms(render_agreement(terms(language, next_instalment_on=None))):
        assert "2027-03-10" not in words


@LANGUAGES
def test_penalty_is_told_apart_from_what_the_agreement_costs(language: str) -> None:
    """It comes from the loan contract; without one nothing is said of it."""
    source = {
        "zh": "该罚息按原借款合同在本协议之前产生",
        "en": "accrued under the loan contract",
    }
    name = {"zh": "罚息", "en": "penalty"}[language]
    with_penalty, _ = both_forms(render_agreement(terms(language)))
    assert source[language] in with_penalty
    plain = PLAN.model_copy(update={"penalty_minor": 0, "waiver_minor": 30_000 - 18_237})
    without, _ = both_forms(render_agreement(terms(language, plan=plain, penalty_rate=None)))
    assert name not in without.lower()


@LANGUAGES
def test_costs_of_a_default_are_told_with_rate_and_taker(language: str) -> None:
    """In the table that CN-27 asks for, and where the end of the agreement is told."""
    rate = {"zh": "年利率6%", "en": "6 % a year"}[language]
    for words in both_forms(render_agreement(terms(language))):
        assert squeezed(words).count(squeezed(rate)) == 2
    without, _ = both_forms(render_agreement(terms(language, penalty_rate=None)))
    assert rate not in without


@LANGUAGES
def test_supervisor_is_named_as_what_it_is(language: str) -> None:
    """Beside the lender's own complaint line, and not where there is none."""
    line = {
        "zh": "国家金融监督管理总局投诉热线 12378",
        "en": "complaint line of the supervisor 12378",
    }
    assert line[language] in both_forms(render_agreement(terms(language)))[0]
    nobody = terms(language, supervisor_name=None, supervisor_hotline=None)
    assert "12378" not in both_forms(render_agreement(nobody))[0]


@LANGUAGES
def test_payment_before_the_signature_is_said_to_count(language: str) -> None:
    """The amounts are those of the day on which the plan was settled."""
    counts = {"zh": "包括签署之前收到的，均计入上述各期", "en": "also before the signature, counts"}
    assert counts[language] in both_forms(render_agreement(terms(language)))[0]


@LANGUAGES
def test_waiver_is_said_to_lapse_with_a_broken_plan(language: str) -> None:
    """In words, and as what a default costs; it is not spoken of where nothing is waived."""
    lapses = {"zh": "减免不再适用", "en": "the waiver no longer applies"}[language]
    costs = {"zh": "违约后恢复应还的减免", "en": "Waiver that is owed again"}[language]
    said = both_forms(render_agreement(terms(language)))[0]
    assert lapses in said
    assert re.search(rf"{costs}[\w ]*?\s*(CNY )?300\.00", said)
    plain = PLAN.model_copy(update={"arrears_minor": PLAN.total_minor, "waiver_minor": 0})
    plain = plain.model_copy(update={"penalty_minor": 0})
    said = both_forms(render_agreement(terms(language, plan=plain, components=[])))[0]
    assert lapses not in said
    assert costs not in said


@pytest.mark.parametrize(
    ("language", "notice"),
    [("zh", "诉讼时效已于 2026-06-30 届满"), ("en", "limitation period of this debt ended on")],
)
def test_time_barred_debt_is_named_as_such(language: str, notice: str) -> None:
    """LA-06: who signs gives up a defence, and reads so; nobody else is told that."""
    barred = render_agreement(terms(language, time_barred_since=date(2026, 6, 30)))
    for words in both_forms(barred):
        assert squeezed(notice) in squeezed(words)
    assert b'class="notice"' in barred.html
    for words in both_forms(render_agreement(terms(language))):
        assert squeezed(notice) not in squeezed(words)


@LANGUAGES
def test_limitation_is_dated_only_where_a_rule_is_known(language: str) -> None:
    """Another country's agreement says no number of years."""
    unknown = terms(language, limitation_years=None, limitation_until=None)
    words, restarts = both_forms(render_agreement(unknown))[0], ("重新计算", "starts again")
    assert "2030" not in words
    assert not [said for said in restarts if said in words]


@LANGUAGES
def test_replaced_agreement_is_named(language: str) -> None:
    """Which one no longer counts."""
    before = Predecessor(
        agreement_id="G-OLD",
        as_of=date(2026, 8, 1),
        first_due_on=date(2026, 8, 5),
        owed_minor=1_500_000,
        granted_minor=0,
        kept_waiver_minor=0,
        carried_minor=0,
    )
    replacing = PLAN.model_copy(update={"before": before})
    for words in both_forms(render_agreement(terms(language, plan=replacing))):
        assert "G-OLD" in words


@LANGUAGES
def test_nothing_forbidden_is_said(language: Language) -> None:
    """The list that binds the messages; limitation is called by its legal name."""
    words = both_forms(render_agreement(terms(language, time_barred_since=date(2026, 6, 30))))[0]
    assert forbidden_claims(words.replace("诉讼时效", ""), language) == []


def test_terms_that_cost_more_than_is_owed_are_refused() -> None:
    """The document says that it costs nothing beyond the arrears."""
    with pytest.raises(ValidationError, match="plan: its parts sum to 1272797, owed is 1272796"):
        terms(plan=PLAN.model_copy(update={"waiver_minor": 30_001}))


def test_signing_time_is_that_of_the_borrowers_clock() -> None:
    """Of the place where the borrower lives."""
    for words in both_forms(render_agreement(terms(time_zone="Asia/Kolkata"))):
        assert "2026-11-27 13:00" in words
        assert "15:30" not in words
