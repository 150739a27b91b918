"""A Temporal server that cannot be used is one clear line that names its variable."""

import pytest

from runtime.settings import SettingsError
from temporal.client import connect_temporal


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of Temporal's is set."""
    for variable in ("ADDRESS", "NAMESPACE", "API_KEY", "PROFILE", "TLS", "CONFIG_FILE"):
        monkeypatch.delenv(f"TEMPORAL_{variable}", raising=False)


async def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty key counts as none: otherwise the client would insist on TLS."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_API_KEY", "")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")

    with pytest.raises(SettingsError) as e:
        await connect_temporal()

    assert str(e.value) == "TEMPORAL_ADDRESS: no server at 127.0.0.1:1: Connection refused"
