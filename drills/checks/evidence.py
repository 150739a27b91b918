"""What is left when everything has ended: the record, the providers' own file, what was sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from database.sql import Pool
from demo.stories.acts import Habit
from drills.chaos import Struck
from drills.plant import Plant


@dataclass
class Evidence:
    """All that the checks look at; `now` is business time."""

    plant: Plant
    pool: Pool
    habits: Mapping[str, Habit]
    struck: Sequence[Struck]
    now: datetime

    @cached_property
    def sent(self) -> list[dict[str, Any]]:
        """Every message that reached somebody, as the providers wrote it down."""
        return [json.loads(line) for line in self.plant.sent.read_text("utf-8").splitlines()]

    @cached_property
    def letters(self) -> list[dict[str, Any]]:
        """Every event that a system sent and the service took."""
        return [json.loads(line) for line in self.plant.letters.read_text("utf-8").splitlines()]
