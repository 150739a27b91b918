"""What a policy says, rule by rule and text by text, and what another one changes.

Works on the policy's JSON, so that a rule that is added to the model appears by itself.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from domain.policy.policy import Policy

Json = Any

# For whom a rule is strict: what makes it bind us more. Rules not named here are neither.
_LOWER_IS_STRICTER = {
    "contact.third_parties.permitted",
    "contact.connected_calls_per_day",
    "contact.messages_per_day",
    "contact.third_parties.look_back_days",
    "visit.until_days_past_due",
    "visit.approval_valid_days",
    "visit.proposal_rounds",
    "visit.visits_per_case",
    "visit.urgent_hours",
    "visit.clock_tolerance_minutes",
    "plan.crew_waiver_limit",
    "plan.approver_waiver_limit",
    "plan.rate_cap",
    "plan.affordable_share",
    "plan.negotiation_rounds",
    "aftercare.complaint_answer_days",
    "aftercare.complaint_complex_days",
    "aftercare.complaint_special_days",
    "aftercare.complaint_overdue_days",
}
_HIGHER_IS_STRICTER = {
    "contact.right_party.confirmed_only",
    "contact.collector_disclosure",
    "contact.calls_recorded",
    "contact.right_party.neutral_days",
    "visit.from_days_past_due",
    "visit.messages_tried",
    "visit.calls_tried",
    "visit.arrears_floor_minor",
    "visit.recent_payment_days",
    "visit.crew_size",
    "visit.notice_lead_hours",
    "visit.cooling_days",
    "plan.first_payment_share",
    "aftercare.complaint_reminder_days",
    "aftercare.contact_retention_years",
    "aftercare.agreement_retention_years",
}


# Without them fewer people are asked, not more.
_PERMITTING = {
    "contact.third_parties.permitted",
    "contact.third_parties.failed_calls",
    "contact.third_parties.failed_days",
}


class RuleLine(NamedTuple):
    """One rule of a policy."""

    path: str
    rule_id: str
    value: Json
    text: str
    source: str
    force: str
    verified: str
    limits: str  # on which days it is in force, or why it is not; empty when it always is


class TextLine(NamedTuple):
    """One text of a policy."""

    path: str
    words: str


class Effect(StrEnum):
    """What a change does to us."""

    STRICTER = "stricter"
    LOOSER = "looser"
    UNCLEAR = ""


class Change(NamedTuple):
    """One rule, or one plain field, that differs. None stands for: not there."""

    path: str
    rule_id: str
    old: Json
    new: Json
    effect: Effect


def rules_of(policy: Policy) -> list[RuleLine]:
    """Every rule of a policy, in the order of the file."""
    return [
        RuleLine(
            path=path,
            rule_id=rule["id"],
            value=rule["value"],
            text=rule.get("text", ""),
            source=", ".join(part for part in (rule.get("source"), rule.get("article")) if part),
            force=rule.get("force", ""),
            verified=rule.get("verified", ""),
            limits=_limits(rule),
        )
        for path, rule in _rules(policy.model_dump(mode="json"), "")
    ]


def _limits(rule: Mapping[str, Json]) -> str:
    if not rule.get("enabled", True):
        return f"not in force: {rule.get('reason')}"
    first, last = rule.get("effective_from"), rule.get("effective_until")
    days = [f" {word} {day}" for word, day in (("from", first), ("until", last)) if day]
    return f"in force{''.join(days)}" if days else ""


def changes_between(old: Policy, new: Policy) -> list[Change]:
    """What changes, rule by rule: value first, then id, source, force and the like; and texts."""
    before, after = _lines(old), _lines(new)
    if old.texts and new.texts:
        before |= _text_lines(old)
        after |= _text_lines(new)
    changes: list[Change] = []
    for path in [*before, *(path for path in after if path not in before)]:
        was, becomes = before.get(path, {}), after.get(path, {})
        rule_id = str(becomes.get("id") or was.get("id") or "")
        for key in [*was, *(key for key in becomes if key not in was)]:
            if was.get(key) != becomes.get(key) and ((was and becomes) or key == "value"):
                name = path if key == "value" else f"{path}.{key}"
                values = was.get(key), becomes.get(key)
                changes.append(Change(name, rule_id, *values, _effect(path, key, *values)))
    return changes


def without_texts(old: Policy, new: Policy) -> Policy | None:
    """The one of two whose texts cannot be compared with the other's: it names none of its own.

    Where neither does, both go by the same ones, those of before, which the database keeps.
    """
    nameless = [policy for policy in (old, new) if not policy.texts]
    return nameless[0] if len(nameless) == 1 else None


def _lines(policy: Policy) -> dict[str, Mapping[str, Json]]:
    """Rules by their path, and what is no rule as a rule without an id."""
    content = policy.model_dump(mode="json")
    plain = {key: {"value": value} for key, value in content.items() if not _has_rules(value)}
    return plain | dict(_rules(content, ""))


def _text_lines(policy: Policy) -> dict[str, Mapping[str, Json]]:
    return {line.path: {"value": line.words} for line in texts_of(policy)}


def texts_of(policy: Policy) -> list[TextLine]:
    """Every text of a policy, by language, as its file has it with its pieces put in."""
    return [
        TextLine(f"texts.{language}.{name}", words)
        for language, spoken in (policy.texts or {}).items()
        for name, words in (
            ("call_opening", spoken.call_opening),
            ("call_after_no", spoken.call_after_no),
            *((f"messages.{each}", words) for each, words in spoken.messages.items()),
        )
    ]


def _rules(content: Json, path: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    if _is_rule(content):
        yield path, content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from _rules(value, f"{path}.{key}" if path else key)
    elif isinstance(content, list):
        for value in content:  # a list of rules: each is known by its id, not by its place
            name = value.get("id") if isinstance(value, dict) else None
            yield from _rules(value, f"{path}.{name}")


def _is_rule(content: Json) -> bool:
    return isinstance(content, dict) and {"id", "value"} <= content.keys()


def _has_rules(content: Json) -> bool:
    return next(_rules(content, ""), None) is not None


def _effect(path: str, key: str, old: Json, new: Json) -> Effect:
    if key == "enabled" and isinstance(new, bool):
        return Effect.STRICTER if new is (path not in _PERMITTING) else Effect.LOOSER
    if key != "value":
        return Effect.UNCLEAR
    if isinstance(old, dict) and isinstance(new, dict):
        return _effect_of_fields(old, new)
    if isinstance(old, int) and isinstance(new, int):
        return _effect_of_number(path, old, new)
    return Effect.UNCLEAR


def _effect_of_number(path: str, old: int, new: int) -> Effect:
    if path in _LOWER_IS_STRICTER:
        return Effect.STRICTER if new < old else Effect.LOOSER
    if path in _HIGHER_IS_STRICTER:
        return Effect.STRICTER if new > old else Effect.LOOSER
    return Effect.UNCLEAR


def _effect_of_fields(old: Mapping[str, Json], new: Mapping[str, Json]) -> Effect:
    if "start" in old:
        return _effect_of_hours(old, new)
    if "may_end_by_itself" in old:
        return Effect.LOOSER if new["may_end_by_itself"] else Effect.STRICTER
    return _effect_of_counter(old, new) if "limit" in old else Effect.UNCLEAR


def _effect_of_counter(old: Mapping[str, Json], new: Mapping[str, Json]) -> Effect:
    """A lower limit is stricter, if nothing else about what is counted changes."""
    if {**old, "limit": 0} != {**new, "limit": 0}:
        return Effect.UNCLEAR
    return Effect.STRICTER if new["limit"] < old["limit"] else Effect.LOOSER


def _effect_of_hours(old: Mapping[str, str], new: Mapping[str, str]) -> Effect:
    """Hours within the old ones are stricter; hours that only overlap are neither."""
    if old["start"] <= new["start"] and new["end"] <= old["end"]:
        return Effect.STRICTER
    if new["start"] <= old["start"] and old["end"] <= new["end"]:
        return Effect.LOOSER
    return Effect.UNCLEAR
