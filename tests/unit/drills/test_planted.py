"""Planted faults: each is a patch of something that is there, and a check is there to find it."""

import subprocess
import sys
from pathlib import Path

import pytest

from drills.checks.all_checks import IN_THE_MIDDLE
from drills.planted.all_planted import PLANTED
from drills.sizes import SITUATIONS

# In a process of its own: what is patched stays patched.
_PROGRAM = """
from activities import contact_activities
from database.contact import contacts
from drills.planted.all_planted import PLANTED
from workflows.desk.inbox import Inbox
from workflows.stages import early_contact

def places():
    return [contact_activities.look_up, contacts.may_contact, contacts.Contacts._reserve,
            contacts.Contacts.record_sent, Inbox.receive, early_contact.next_step]

before = places()
PLANTED["{name}"].plant()
print(sum(one is not other for one, other in zip(before, places())))
"""


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_patched_in_one_place(repository: Path, name: str) -> None:
    """A patch of a name that has moved would plant nothing, and the drill would be green."""
    done = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", _PROGRAM.format(name=name)],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == (2 if name == "send-before-reserve" else 1)


@pytest.mark.parametrize("name", PLANTED)
def test_a_check_is_there_to_find_it(name: str) -> None:
    """Also where the drill ends in the middle of the loans' lives."""
    assert PLANTED[name].found_by in IN_THE_MIDDLE
    assert SITUATIONS.keys() == PLANTED.keys()
