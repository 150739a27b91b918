"""The figures and the picture of a drill, of what happened."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

from demo.run import FIRST_DAY
from drills.chaos import Struck
from drills.report.figures import Figures, longest_gap
from drills.report.picture import draw
from drills.report.table import table
from drills.schedule import Fault, Planned


def _sent(day: int, hour: float, real_second: int) -> dict[str, Any]:
    return {
        "at": (FIRST_DAY + timedelta(days=day, hours=hour)).isoformat(),
        "real_at": f"2026-01-01T00:00:{real_second:02}+00:00",
    }


def test_the_longest_silence_is_between_two_contacts_of_a_day() -> None:
    """In real seconds; the way to another day is none."""
    sent = [_sent(3, 1, 0), _sent(3, 5, 12), _sent(3, 6, 14), _sent(9, 1, 59)]
    assert longest_gap(sent, "2018-07-04") == 12.0
    assert longest_gap(sent, "2018-07-10") == 0.0


def test_the_picture_names_each_fault() -> None:
    """As well-formed SVG, with a bar for each day."""
    began = FIRST_DAY + timedelta(days=3, hours=2)
    planned = Planned(3, 0.1, Fault.KILL_WORKER, 4.0)
    struck = [Struck(planned, began, began + timedelta(hours=1), 4.2, "2 contacts in hand")]
    picture = draw([_sent(3, 1, 0), _sent(4, 1, 5)], struck, last_day=10)
    texts = [element.text for element in ET.fromstring(picture).iter() if element.text]  # noqa: S314
    assert "worker killed, 4 s" in texts
    assert picture.count("<rect") >= 11


def test_a_table_has_a_row_for_each_drill() -> None:
    """With as many cells as its head."""
    one = Figures(1, 78, 78, 78, 22, 217, 372, 0, 50, 48, 1, 1, 0, 0, 385, 38.6, 4.0, 13.0, [])
    head, rule, *rows = table([one, one._replace(seed=2, red=["no event lost"])]).splitlines()
    assert len({line.count("|") for line in (head, rule, *rows)}) == 1
    assert [row.split(" | ")[0] for row in rows] == ["| 1", "| 2"]
    assert [row.rsplit(" | ", 1)[1] for row in rows] == ["0 |", "1 |"]
