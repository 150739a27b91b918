"""A chosen provider whose settings are missing or wrong is one line that names the variable."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from activities.business_time import real_time
from domain.policy.contact import Channel
from gateways.choice import choose_gateways
from gateways.protocol import Gateway
from runtime.provider_settings import ProviderSettings, load_provider_settings
from runtime.settings import GatewayName, SettingsError
from tests.support.providers.lines import NoOutbox, settings_of, write_templates


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider's settings."""
    for field in ProviderSettings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)


def _choose(name: GatewayName, given: ProviderSettings, channel: Channel = Channel.SMS) -> Gateway:
    return choose_gateways({channel: name}, NoOutbox(), given, real_time)[channel]


def test_simulated_provider_needs_nothing() -> None:
    """It reaches nobody."""
    assert not _choose("simulated", load_provider_settings()).reaches_people


@pytest.mark.parametrize(
    ("name", "channel", "missing", "said"),
    [
        ("webhook", "sms", "webhook_url", "WEBHOOK_URL is not set: SMS_GATEWAY=webhook needs it"),
        ("webhook", "call", "webhook_secret", "WEBHOOK_SECRET is not set: CALL_GATEWAY=webhook"),
        ("twilio", "sms", "twilio_auth_token", "TWILIO_AUTH_TOKEN is not set: SMS_GATEWAY=twilio"),
        ("twilio", "sms", "receipts_url", "RECEIPTS_URL is not set: SMS_GATEWAY=twilio needs it"),
        ("twilio", "sms", "twilio_sms_from", "TWILIO_SMS_FROM is not set: SMS_GATEWAY=twilio"),
        ("twilio", "call", "twilio_call_from", "TWILIO_CALL_FROM is not set: CALL_GATEWAY=twilio"),
        ("infobip", "sms", "infobip_api_key", "INFOBIP_API_KEY is not set: SMS_GATEWAY=infobip"),
        ("infobip", "call", "infobip_call_from", "INFOBIP_CALL_FROM is not set: CALL_GATEWAY=info"),
        ("twilio", "call", "twilio_call_flow", "TWILIO_CALL_FLOW is not set: CALL_GATEWAY=twilio"),
        ("infobip", "call", "infobip_call_scenario", "INFOBIP_CALL_SCENARIO is not set: CALL_GATE"),
        ("tencent", "sms", "tencent_sms_sign", "TENCENT_SMS_SIGN is not set: SMS_GATEWAY=tencent"),
        ("tencent", "sms", "tencent_secret_key", "TENCENT_SECRET_KEY is not set: SMS_GATEWAY=ten"),
        ("tencent", "call", "tencent_call_app_id", "TENCENT_CALL_APP_ID is not set: CALL_GATEWAY"),
    ],
)
def test_missing_setting_of_a_chosen_provider_is_named(
    tmp_path: Path, name: GatewayName, channel: str, missing: str, said: str
) -> None:
    """With what asks for it; what another provider needs may be missing."""
    whole = settings_of("http://127.0.0.1:9", write_templates(tmp_path))
    assert _choose(name, whole, Channel(channel)).reaches_people
    empty: Any = type(getattr(whole, missing))("")
    with pytest.raises(SettingsError, match=f"^{said}"):
        _choose(name, whole.model_copy(update={missing: empty}), Channel(channel))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WEBHOOK_URL", "ftp://bank.example"),
        ("WEBHOOK_URL", "https://bank.example/x?key=1"),
        ("RECEIPTS_SECRET", "short"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_SMS_FROM", "0150"),
        ("INFOBIP_CALL_FROM", "Lender"),
        ("TENCENT_SMS_APP_ID", "app"),
        # These go into headers of requests, which take no such characters.
        ("INFOBIP_API_KEY", "key\n"),
        ("INFOBIP_API_KEY", "Schlüssel"),
        ("TENCENT_SECRET_ID", "Schlüssel"),
        ("TENCENT_REGION", "广州"),
    ],
)
def test_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """It may be a secret in the wrong place."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable} is wrong: ") as caught:
        load_provider_settings()
    assert value not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("secret", ["whsec_c2hvcnQ=", "no base64 at all!"])
def test_secret_of_the_platform_that_is_none_is_named(tmp_path: Path, secret: str) -> None:
    """Before anything is signed with it."""
    given = settings_of("http://127.0.0.1:9", write_templates(tmp_path), webhook_secret=secret)
    with pytest.raises(SettingsError, match=r"^WEBHOOK_SECRET is wrong: must"):
        _choose("webhook", given)


@pytest.mark.parametrize("text", ["", "[]", '{"overdue_notice.zh": "1"}', '{"a.zh": {"id": "1"}}'])
def test_list_of_templates_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    """And one that is not there."""
    file = tmp_path / "templates.json"
    file.write_text(text)
    for path in (file, tmp_path / "none.json"):
        given = settings_of("http://127.0.0.1:9", path)
        with pytest.raises(SettingsError, match=r"^TENCENT_TEMPLATES is wrong: "):
            _choose("tencent", given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("overdue_notice+supervisor.zh", "visit_code"),  # of another template
        ("overdue_notice.en", "dayz"),
        ("overdue_call.opening.zh", "amount"),  # before it is known who answers
        ("visit_reminder.zh@0123456789ab", "dayz"),
    ],
)
def test_registered_value_that_its_template_never_has_is_named(
    tmp_path: Path, name: str, value: str
) -> None:
    """At the start, and not by the first message that nobody gets."""
    file = tmp_path / "templates.json"
    file.write_text(json.dumps({name: {"id": "1", "values": ["name", value]}}))
    given = settings_of("http://127.0.0.1:9", file)
    said = f"TENCENT_TEMPLATES is wrong: {name}: no text of it has the value {value}"
    with pytest.raises(SettingsError, match=f"^{re.escape(said)}$"):
        _choose("tencent", given)


def test_older_words_may_have_had_what_those_of_today_have_not(tmp_path: Path) -> None:
    """And of a template of another release nothing is known."""
    names = ("visit_reminder.zh@0123456789ab", "a_later_one.zh")
    file = tmp_path / "templates.json"
    file.write_text(json.dumps({name: {"id": "1", "values": ["days"]} for name in names}))
    assert _choose("tencent", settings_of("http://127.0.0.1:9", file)).reaches_people
