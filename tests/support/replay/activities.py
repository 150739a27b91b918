"""Every activity that a worker knows."""

import importlib
import inspect
import pkgutil
from typing import Any

import activities
from commands.worker import activities_of


def activities_by_name() -> dict[str, Any]:
    """Their functions."""
    owners = {
        owner
        for module in pkgutil.iter_modules(activities.__path__)
        for _, owner in inspect.getmembers(
            importlib.import_module(f"activities.{module.name}"), inspect.isclass
        )
    }
    return {each.__name__: each for owner in owners for each in activities_of(owner)}
