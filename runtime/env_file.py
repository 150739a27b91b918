"""The file `env` beside a stack's data: its settings, for shells and for our own commands."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# A command that is told any of these knows where it is to look.
_ADDRESSES = ("DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")


@contextmanager
def env_file(path: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """The settings as `KEY=value` lines that a shell can read, there exactly as long as needed."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)  # a key is among them
    draft.write_text("".join(f"{key}={shlex.quote(value)}\n" for key, value in settings.items()))
    # In one step: who waits for the file never reads half of it.
    draft.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def read_env_file(path: Path) -> dict[str, str]:
    """The settings of a file that `env_file` wrote."""
    lines = path.read_text().splitlines()
    return dict(shlex.split(line)[0].split("=", 1) for line in lines if line)


def adopt_env_file(paths: tuple[Path, ...]) -> Path | None:
    """Take the settings of the first file there is into the environment; which one it was.

    Only where nothing in the environment says which servers are meant; then None.
    """
    if any(os.environ.get(name) for name in _ADDRESSES):
        return None
    found = next((path for path in paths if path.is_file()), None)
    if found is not None:
        settings = read_env_file(found)
        os.environ.update({k: v for k, v in settings.items() if not os.environ.get(k)})
    return found
