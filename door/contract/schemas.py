"""The JSON Schema of every event in and of all news out, made from their models.

`python -m door.contract.schemas` writes them into docs/schemas/, one file each (`make docs`).
"""

import json
from pathlib import Path
from typing import Any

from domain.case.events.table import EVENT_TABLE
from domain.events import EVENTS, is_needed
from door.contract.news import NEWS, schema_of_news

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SET_BY_THE_DOOR = "source"


def schema_of(name: str, reference: str = "#/$defs/{model}") -> dict[str, Any]:
    """What a body of an event looks like, as the front door takes it.

    It says its loan and its name; its source is the credential's.
    """
    kind = EVENTS[name]
    schema = kind.model_json_schema(mode="validation", ref_template=reference)
    properties = schema["properties"]
    properties["name"] = {"const": name, "type": "string"}
    properties["loan_id"] = {"type": "string", "minLength": 1, "maxLength": 120}
    needed = [field for field, each in kind.model_fields.items() if is_needed(each)]
    for field in needed:
        properties[field] = _not_null(properties[field])
    schema["required"] = ["loan_id", "name", *(each for each in needed if each != SET_BY_THE_DOOR)]
    schema["description"] = EVENT_TABLE[name].description
    schema["title"] = name
    return schema


def _not_null(field: dict[str, Any]) -> dict[str, Any]:
    """A field that was optional once, as it is asked for today."""
    choices = [each for each in field.get("anyOf", ()) if each != {"type": "null"}]
    kept = {key: value for key, value in field.items() if key not in ("anyOf", "default")}
    return {**choices[0], **kept} if len(choices) == 1 else field


def documents() -> dict[str, str]:
    """The files of docs/schemas/ by name: events as `NAME.json`, news as `news/TYPE.json`."""
    schemas = {f"{name}.json": schema_of(name) for name in EVENTS}
    schemas |= {f"news/{name}.json": schema_of_news(name) for name in NEWS}
    return {
        name: json.dumps({"$schema": DIALECT, **schema}, indent=2) + "\n"
        for name, schema in schemas.items()
    }


if __name__ == "__main__":
    (FOLDER / "news").mkdir(parents=True, exist_ok=True)
    for file_name, text in documents().items():
        (FOLDER / file_name).write_text(text, "utf-8")
