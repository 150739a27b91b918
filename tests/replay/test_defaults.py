"""A field that has its default is not written, so histories mean by it what it is: it stays.

`defaults.json` has every default of what activities take and answer and what a run carries. A field
that is new is added to it; what is there does not change, and goes with the histories that lack it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from domain.case.state import CaseState
from tests.support.replay.activities import activities_by_name

KEPT = Path(__file__).with_name("defaults.json")


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, without those that they are made of."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _models(part)


def _persisted() -> set[type[BaseModel]]:
    hints = [
        hint
        for function in activities_by_name().values()
        for hint in get_type_hints(function).values()
    ]
    found: set[type[BaseModel]] = set()
    to_see: list[type[BaseModel]] = [CaseState, *(each for hint in hints for each in _models(hint))]
    while to_see:
        model = to_see.pop()
        if model not in found:
            found.add(model)
            fields = model.model_fields.values()
            to_see += [each for field in fields for each in _models(field.annotation)]
    return found


def _defaults() -> dict[str, dict[str, Any]]:
    every = {
        model.__name__.partition("[")[0]: {
            name: to_jsonable_python(field.default)
            for name, field in sorted(model.model_fields.items())
            if not field.is_required() and field.default_factory is None
        }
        for model in _persisted()
    }
    return {name: fields for name, fields in sorted(every.items()) if fields}


def test_no_default_changes() -> None:
    """Nor does one appear unseen: it is added to the file with the field."""
    defaults = _defaults()
    kept = json.loads(KEPT.read_text())
    assert defaults == kept, f"in {KEPT.name}: {json.dumps(defaults, indent=1, sort_keys=True)}"
