"""Simulations for tests, and policies that differ from the shipped one in one number."""

import shutil
from collections.abc import Callable
from pathlib import Path

from domain.policy.policy import Policy
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from simulation.run import Simulation

Simulate = Callable[..., Simulation]

SECOND_STEP = "{days_past_due: 3, channel: call, template: overdue_call}"


def policy_with_second_step_on(day: int, directory: Path) -> Policy:
    """The shipped policy, with the ladder's second step on another day."""
    for file in CHINA_POLICY.parent.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        changed = text.replace(SECOND_STEP, SECOND_STEP.replace("3", str(day), 1))
        (directory / file.name).write_text(changed, encoding="utf-8")
    shutil.copytree(CHINA_POLICY.with_name("texts"), directory / "texts")
    return read_policy(directory / CHINA_POLICY.name)
