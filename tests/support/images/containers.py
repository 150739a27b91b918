"""buildah and podman with storage, networks and settings of their own, all in one folder."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.images.transcript import RedError, until

# Where a sandbox forbids more, and where there is no systemd.
_CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "{home}/networks"
"""
_STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{home}/storage"
runroot = "{home}/run"
"""
# What podman says of a machine without systemd and syslog, each time.
_NOISE = ("unable to get systemd connection", "failed to connect to syslog")
_REMOVED_SECONDS = 30


@dataclass(frozen=True)
class Containers:
    """Images and containers that nobody else sees, under `home`."""

    home: Path

    def prepare(self) -> None:
        """Write the settings."""
        (self.home / "networks").mkdir(parents=True, exist_ok=True)
        self._containers_conf.write_text(_CONTAINERS_CONF.format(home=self.home))
        self._storage_conf.write_text(_STORAGE_CONF.format(home=self.home))

    @property
    def environment(self) -> dict[str, str]:
        """What leads a program to these containers."""
        return {
            **os.environ,
            "CONTAINERS_CONF": str(self._containers_conf),
            "CONTAINERS_STORAGE_CONF": str(self._storage_conf),
        }

    def podman(self, *arguments: str | Path) -> str:
        """Run podman; what it printed. Raises RedError when it fails."""
        return run(["podman", *arguments], self.environment)

    def build(self, context: Path, file: Path, tag: str, *options: str) -> None:
        """Build an image as `tag`. Raises RedError when it fails."""
        command = ["buildah", "bud", "--isolation", "chroot", "--layers", "--network", "host"]
        run([*command, *options, "--tag", tag, "--file", file, context], self.environment)

    def field(self, image: str, field: str) -> str:
        """A field of an image, as a Go template names it."""
        return self.podman("image", "inspect", "--format", f"{{{{{field}}}}}", image)

    def remove_all(self) -> None:
        """End and remove every container, network and volume here; images stay, as a cache."""
        until(self._are_containers_gone, "all containers are removed", _REMOVED_SECONDS)
        self.podman("volume", "prune", "--force")
        self.podman("network", "prune", "--force")

    def _are_containers_gone(self) -> bool:
        # One that is just being started again cannot be removed.
        remove = ["podman", "rm", "--all", "--force", "--time", "0"]
        subprocess.run(remove, env=self.environment, capture_output=True, check=False)
        return self.podman("ps", "--all", "--quiet") == ""

    @property
    def _containers_conf(self) -> Path:
        return self.home / "containers.conf"

    @property
    def _storage_conf(self) -> Path:
        return self.home / "storage.conf"


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    """Run a command to its end; what it printed.

    Raises:
        RedError: with its last lines, when it ends with another code than 0.
    """
    ended = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        said = f"{ended.stdout}\n{ended.stderr}"
        raise RedError(f"{Path(command[0]).name} ended with {ended.returncode}: {last_words(said)}")
    return ended.stdout.strip()


def last_words(text: str, lines: int = 6) -> str:
    """The last lines that say something, each once."""
    said = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
    return " | ".join([line for line in said if not any(each in line for each in _NOISE)][-lines:])
