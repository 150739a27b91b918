"""A missing or wrong setting is one clear line that names its variable."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.clock import BusinessClock
from runtime.settings import CHINA_POLICY, Settings, SettingsError, load_settings

URL = "postgresql://collector:secret@db:5432/collections"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only DATABASE_URL is set."""
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", URL)


def test_everything_but_the_database_has_a_default() -> None:
    """DATABASE_URL alone is enough."""
    settings = load_settings()

    assert settings.database_url == URL
    assert settings.sms_gateway == settings.call_gateway == "simulated"
    assert settings.business_clock.is_real
    assert settings.scan_every_seconds == 900
    assert settings.policy_file == CHINA_POLICY
    assert settings.log_format == "json"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("DATABASE_URL", "", "DATABASE_URL is not set: must be an address like postgresql://"),
        ("DATABASE_URL", "mysql://db/x", "DATABASE_URL is wrong: must be an address like postgres"),
        ("DATABASE_URL", "postgresql://db:port/x", "DATABASE_URL is wrong: must be an address"),
        ("DATABASE_URL", "postgresql://db:99999/x", "DATABASE_URL is wrong: must be an address"),
        ("DATABASE_URL", "postgresql://a,b:0/x", "DATABASE_URL is wrong: must be an address like"),
        ("DATABASE_URL", "postgresql://[::1/x", "DATABASE_URL is wrong: must be an address like"),
        ("SMS_GATEWAY", "pigeon", "SMS_GATEWAY is wrong: must be 'simulated', 'webhook'"),
        ("CALL_GATEWAY", "pigeon", "CALL_GATEWAY is wrong: must be 'simulated', 'webhook'"),
        ("BUSINESS_CLOCK", "fast", 'BUSINESS_CLOCK is wrong: must be "real" or a clock as JSON'),
        ("BUSINESS_CLOCK", '{"day_share": 2}', "BUSINESS_CLOCK is wrong: must be .*day_share"),
        ("DATABASE_URL", "postgresql://u@.db/x", "DATABASE_URL is wrong: must be an address like"),
        ("DATABASE_URL", "postgresql://a,b..c/x", "DATABASE_URL is wrong: must be an address like"),
        ("DOOR_HOST", "door..internal", "DOOR_HOST is wrong: must be a host's name or address"),
        ("SCAN_EVERY_SECONDS", "99999999999999", "SCAN_EVERY_SECONDS is wrong: must be "),
        ("SCAN_EVERY_SECONDS", "0", "SCAN_EVERY_SECONDS is wrong: must be more than 0"),
        ("SCAN_EVERY_SECONDS", "soon", "SCAN_EVERY_SECONDS is wrong: must be a whole number"),
        ("POLICY_FILE", "no/such.yaml", "POLICY_FILE is wrong: there is no file no/such.yaml"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is wrong: must be 'console' or 'json'"),
    ],
)
def test_a_wrong_variable_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    """One line, the variable first."""
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=f"^{reason}") as caught:
        load_settings()

    assert "\n" not in str(caught.value)


def test_a_missing_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is not there at all reads like an empty one."""
    monkeypatch.delenv("DATABASE_URL")

    with pytest.raises(SettingsError, match=r"^DATABASE_URL is not set"):
        load_settings()


def test_the_database_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the settings' text nor in the line about a wrong address."""
    assert "secret" not in repr(load_settings())

    for url in ("http://collector:secret@db", "postgresql://collector:secret/word@db/x"):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(SettingsError) as caught:
            load_settings()
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:pass@db/x",
        "postgres://me:pass@a:5432,b:5433/x",
        "postgresql://me@/x?host=/run/postgresql",
        "postgresql://[::1]:5432/x",
        "postgresql://",
    ],
)
def test_every_kind_of_address_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Several hosts, a socket's directory, IPv6, and the client's own defaults."""
    monkeypatch.setenv("DATABASE_URL", url)

    assert load_settings().database_url == url


def test_a_fast_clock_is_read_back_from_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded stack hands its clock to the worker this way."""
    instant = datetime(2026, 3, 1, tzinfo=UTC)
    clock = BusinessClock(started_at=instant, origin=instant, day_length=timedelta(seconds=2))
    monkeypatch.setenv("BUSINESS_CLOCK", str(clock))

    assert load_settings().business_clock == clock


def test_a_policy_file_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Any file that exists; whether it is a policy is the reader's question."""
    policy = tmp_path / "own.yaml"
    policy.touch()
    monkeypatch.setenv("POLICY_FILE", str(policy))

    assert load_settings().policy_file == policy
