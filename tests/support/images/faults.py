"""Faults planted into a copy of the deployment's files, each with the step that must turn red."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.images import steps
from tests.support.images.drain import worker_drains


@dataclass(frozen=True)
class Fault:
    """What is done to the folder with docker-compose.yml and deploy/, and which step sees it."""

    plant: Callable[[Path], None]
    red: Callable[..., Any]
    says: str  # part of what the red step must say: no other reason counts


def _without_dynamic_configuration(folder: Path) -> None:
    (folder / "deploy" / "temporal" / "dynamic-configuration.yaml").unlink()


def _wrong_search_attribute(folder: Path) -> None:
    file = folder / "deploy" / "temporal" / "search-attributes"
    _replace(file, "Holds KeywordList", "Holds Keyword")


def _failing_job(folder: Path) -> None:
    """A folder of the schema that is not there, as after an upgrade that moved it."""
    _replace(folder / "deploy" / "temporal" / "schema.sh", "postgresql/v12", "postgresql/v96")


def _no_time_to_drain(folder: Path) -> None:
    _replace(folder / "docker-compose.yml", "stop_grace_period: 40s", "stop_grace_period: 1s")


def _superuser(folder: Path) -> None:
    file = folder / "deploy" / "databases" / "databases.sql"
    _replace(file, "LOGIN NOSUPERUSER", "LOGIN SUPERUSER")


def _raw_password(folder: Path) -> None:
    """Temporal's password goes to the server without its escapes."""
    file = folder / "deploy" / "temporal" / "server.sh"
    _replace(file, """ | sed 's/[\\\\"]/\\\\&/g'""", "")


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file} does not say {old}"
    file.write_text(text.replace(old, new), "utf-8")


FAULTS = {
    "no-dynamic-configuration": Fault(
        _without_dynamic_configuration, steps.comes_up, "dynamic config client"
    ),
    "wrong-search-attribute": Fault(
        _wrong_search_attribute, steps.attributes_are_known, "lacks Holds KEYWORD_LIST"
    ),
    "failing-job": Fault(_failing_job, steps.comes_up, "temporal-schema ended with 1"),
    "superuser": Fault(_superuser, steps.rights_are_small, "t,f,f"),
    "raw-password": Fault(_raw_password, steps.comes_up, "temporal does not stay up"),
    "no-time-to-drain": Fault(_no_time_to_drain, worker_drains, "in the middle"),
}
