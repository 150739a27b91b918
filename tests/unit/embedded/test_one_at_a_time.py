"""What a machine has once, such as a user of its own, is made by one process at a time."""

import fcntl
from pathlib import Path

from embedded.postgres import one_at_a_time


def _is_free(lock: Path) -> bool:
    with lock.open("w") as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_lock_is_held_within_and_free_afterwards(tmp_path: Path) -> None:
    """Whoever asks meanwhile waits; a file that is there already is no obstacle."""
    lock = tmp_path / "user.lock"
    for _ in range(2):
        with one_at_a_time(lock):
            assert not _is_free(lock)
        assert _is_free(lock)
