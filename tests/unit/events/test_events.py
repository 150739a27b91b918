"""Reading events: strict in what they say, patient with what they look like."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import (
    EVENTS,
    LARGEST_AMOUNT_MINOR,
    LARGEST_BODY,
    LARGEST_RECORDED_BODY,
    UnreadableEventError,
    read_event,
    read_json,
    recordable,
)
from tests.support.world import event

NOW = datetime(2026, 4, 20, 4, tzinfo=UTC)
PAYMENT = event(NOW, event_id="e", payment_id="P", amount_minor=1)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
    max_leaves=8,
)


def _reason(name: str, body: object) -> str:
    with pytest.raises(UnreadableEventError) as refused:
        read_event(name, body)
    return str(refused.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("amount_minor", value)
            for value in (True, 1.0, "1", None, 0, -1, LARGEST_AMOUNT_MINOR + 1, 10**4000)
        ),
        *(
            ("occurred_at", value)
            for value in (
                "2026-04-20T04:00:00",  # no offset
                "2026-04-20",
                "yesterday",
                1_776_657_600,
                None,
                "9999-12-31T23:59:59Z",
                "1969-12-31T00:00:00Z",
            )
        ),
        *(("event_id", value) for value in ("", "x" * 121, "a b", "a\0", "名", "a\n", 1, None)),
        ("source", "\ud83d"),
        ("payment_id", ["P"]),
    ],
)
def test_wrong_value_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    """Nothing is guessed, rounded or converted."""
    assert _reason("payment_received", PAYMENT | {field: value}).startswith(f"{field}: ")


@pytest.mark.parametrize("amount", [1, LARGEST_AMOUNT_MINOR])
def test_amount_at_its_limits_is_read(amount: int) -> None:
    """From one minor unit to the largest amount."""
    assert read_event("payment_received", PAYMENT | {"amount_minor": amount})


def test_every_missing_field_is_named() -> None:
    """At once, so that the sender can mend them all."""
    reason = _reason("payment_received", {})
    for field in ("event_id", "occurred_at", "source", "payment_id", "amount_minor"):
        assert f"{field}: is missing" in reason


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("visit_checked_in", {"badge_ids": "C-1"}, "badge_ids: must be a list"),
        ("agreement_signed", {"signatories": []}, "signatories: needs at least 1"),
        ("agreement_signed", {"agreement_id": ""}, "agreement_id: must not be empty"),
        ("agreement_signed", {"currency": "yuan"}, "currency: must be three capital letters"),
        ("payment_received", {"amount_minor": "100"}, "amount_minor: must be a whole number"),
        ("payment_received", {"amount_minor": 0}, "amount_minor: must be more than 0"),
        ("hold_placed", {"until": "2026-11-24T10:00:00"}, "until: must carry a time zone"),
        ("contact_preferences_changed", {"agreed_hours": ["18"]}, "agreed_hours.0: must be an obj"),
        (
            "contact_preferences_changed",
            {"agreed_hours": [{"start": "20:00", "end": "18:00"}]},
            "agreed_hours.0: start must come before end",
        ),
    ],
)
def test_mistakes_are_said_in_words_of_the_contract(
    name: str, wrong: dict[str, Any], said: str
) -> None:
    """Not in those of the language it is written in."""
    assert said in _reason(name, wrong)


def test_a_list_with_a_wrong_entry_is_not_called_too_short() -> None:
    """What is wrong with the entry is all there is to mend."""
    reason = _reason("agreement_signed", {"signatories": ["借款人"]})
    assert "signatories.0: must be ASCII letters, digits and signs, without blanks" in reason
    assert "needs at least" not in reason


@pytest.mark.parametrize(
    ("body", "shape"),
    [([1], "a list"), ("x", "text"), (True, "a boolean"), (1.5, "a number"), (None, "nothing")],
)
def test_body_of_another_shape_is_named(body: object, shape: str) -> None:
    """The event must be one JSON object."""
    assert _reason("payment_received", body) == f"the event must be one JSON object, not {shape}"


def test_unknown_field_is_ignored() -> None:
    """Whatever is in it."""
    assert read_event("payment_received", PAYMENT | {"extra": [{"deep": "\0"}]}) == read_event(
        "payment_received", PAYMENT
    )


@pytest.mark.parametrize("name", ["", "paid", "payment received", "x" * 500, "\0"])
def test_unknown_name_is_refused(name: str) -> None:
    """With a name that a log line can carry."""
    reason = _reason(name, PAYMENT)
    assert reason.startswith("no event is called ")
    assert reason.isprintable()
    assert len(reason) < 100


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("18:00", "20:00", None),
        ("18:00", "18:00", "start must come before end"),
        ("22:00", "02:00", "start must come before end"),
        ("18:00Z", "20:00Z", "without an offset"),
        (64_800, "20:00", "must be text"),
        ("24:30", "25:00", "agreed_hours"),
    ],
)
def test_agreed_hours_are_local_and_within_a_day(start: Any, end: str, wrong: str | None) -> None:
    """So that the gate can keep them."""
    body = event(NOW, event_id="e", agreed_hours=[{"start": start, "end": end}])
    if wrong is None:
        assert read_event("contact_preferences_changed", body)
    else:
        assert wrong in _reason("contact_preferences_changed", body)


@given(st.sampled_from([*EVENTS, "no_such_event"]), ANY_JSON)
def test_any_json_is_read_or_refused(name: str, body: object) -> None:
    """Never anything else, whatever the value is."""
    try:
        read_event(name, body)
    except UnreadableEventError as error:
        assert str(error)  # noqa: PT017 either is right


@given(ANY_JSON)
def test_any_body_is_recordable(body: object) -> None:
    """As JSON that Postgres can store: no NUL, no half surrogate, no infinity, not too long."""
    text = recordable(body)
    text.encode()
    assert not any("\0" in part for part in _texts(json.loads(text, parse_constant=_fail)))
    assert len(text) < 4 * LARGEST_RECORDED_BODY


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return _texts([*value, *value.values()])
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def _fail(constant: str) -> None:
    raise AssertionError(constant)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"a": "请😀"}, {"a": "请😀"}),
        ({"a": "x\0y"}, {"a": "x\ufffdy"}),
        ({"a": "\ud83d"}, {"text": '{"a": "\\ud83d"}'}),
        ({"a": float("inf")}, {"text": '{"a": Infinity}'}),
        ({"a": float("nan")}, {"text": '{"a": NaN}'}),
    ],
)
def test_what_cannot_be_stored_is_kept_as_text(body: object, kept: object) -> None:
    """And everything else as it is."""
    assert json.loads(recordable(body)) == kept


def test_huge_and_deep_bodies_are_cut() -> None:
    """Enough is kept for a person to recognise it."""
    cut = json.loads(recordable({"a": "x" * 100_000}))["text"]
    assert cut.startswith('{"a": "xxx')
    assert len(cut) == LARGEST_RECORDED_BODY + 1
    deep: Any = 1
    for _ in range(20_000):
        deep = [deep]
    assert json.loads(recordable(deep)) == {"text": "nested too deeply"}
    while isinstance(deep, list):  # taken apart by hand: collecting it would be as deep
        deep = deep[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff", b"[" * 100_000, b"NaN", b"[Infinity]", b"1" * 5000],
    ids=["empty", "half", "bytes", "deep", "NaN", "Infinity", "huge number"],
)
def test_what_is_not_json_is_refused(data: bytes) -> None:
    """By one error, whatever is wrong with it."""
    with pytest.raises(UnreadableEventError):
        read_json(data)


def test_number_beyond_a_float_is_read_and_refused_as_an_amount() -> None:
    """1e400 is JSON; it is no amount, and it can be recorded."""
    body = read_json(b'{"event_id": "e", "amount_minor": 1e400}')
    assert "amount_minor" in _reason("payment_received", body)
    assert json.loads(recordable(body))


def test_a_body_is_bounded_whatever_is_in_it() -> None:
    """Up to that, a field that is not ours is ignored."""
    most = LARGEST_BODY - len(json.dumps(PAYMENT | {"junk": ""}))
    assert read_event("payment_received", PAYMENT | {"junk": "x" * most}).event_id == "e"
    reason = _reason("payment_received", PAYMENT | {"junk": "x" * (most + 1)})
    assert reason == f"the event is larger than {LARGEST_BODY} characters of JSON"
