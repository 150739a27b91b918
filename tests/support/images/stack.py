"""docker-compose.yml, brought up as compose would: in order, and only on what is ready.

podman-compose reads the file and makes the containers. Whether a service is healthy or a job ended
well it does not ask with an older podman, so the conditions of the file are kept here.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.images.containers import Containers, last_words, run
from tests.support.images.transcript import RedError, until

HEALTHY = "service_healthy"
DONE = "service_completed_successfully"
PROJECT = "loan-collections-image-test"

# Where Postgres listens in its container, and as whom we come there.
CONNECTED = ("-h", "/run/postgresql", "-U", "postgres")

_READY_SECONDS = 90
_JOB_SECONDS = 120
_NAMELESS = "Name or service not known"
_NAMELESS_SECONDS = 3


class Stack:
    """The services of a compose file in `folder`, as containers."""

    def __init__(
        self, containers: Containers, compose: Path, folder: Path, settings: Mapping[str, str]
    ) -> None:
        self._containers = containers
        self._environment = containers.environment | dict(settings)
        file = folder / "docker-compose.yml"
        self._compose: list[str | Path] = [compose, "--file", file, "--project-name", PROJECT]
        self.services = self.read(folder)

    @staticmethod
    def read(folder: Path) -> dict[str, dict[str, Any]]:
        """The services of the compose file in a folder."""
        text = (folder / "docker-compose.yml").read_text("utf-8")
        services: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
        return services

    @property
    def jobs(self) -> list[str]:
        """The services that are to end."""
        return [name for name, each in self.services.items() if "on-failure" in each["restart"]]

    def in_order(self) -> Iterator[str]:
        """Each service after those it depends on, as often as they are in the file."""
        waiting = dict.fromkeys(self.services)
        while waiting:
            free = [name for name in waiting if not waiting.keys() & self._needs(name).keys()]
            if not free:
                raise RedError(f"services wait for each other: {', '.join(waiting)}")
            for name in free:
                del waiting[name]
                yield name

    def start(self, name: str) -> None:
        """Start a service once its conditions hold; a job is waited for.

        Raises:
            RedError: when a condition does not come to hold, or the job fails.
        """
        for needed, condition in self._needs(name).items():
            if condition["condition"] == HEALTHY:
                self.see_healthy(needed)
        self.compose("up", "--detach", "--no-deps", "--no-build", name)
        if name in self.jobs:
            self.see_job_done(name)

    def see_healthy(self, name: str) -> None:
        """Wait until a service says that it is well. Raises RedError when it does not."""
        until(lambda: self._is_healthy(name), f"{name} is healthy", _READY_SECONDS)

    def again(self, job: str) -> None:
        """Run a job that has run before."""
        self._containers.podman("start", self.container(job))
        self.see_job_done(job)

    def see_job_done(self, name: str) -> None:
        """Wait for a job's end, its restarts included. Raises RedError when it fails."""
        tries = int(self.services[name]["restart"].partition(":")[2])
        until(lambda: self._has_ended(name, tries), f"the end of {name}", _JOB_SECONDS)
        code = self._state(name)["ExitCode"]
        if code:
            raise RedError(f"{name} ended with {code}: {self.last_words(name)}")

    def compose(self, *arguments: str | Path) -> str:
        """Run podman-compose on this file. Raises RedError when it fails."""
        return run([*self._compose, *arguments], self._environment)

    def execute(self, name: str, *command: str) -> str:
        """Run a command in a running service. Raises RedError when it fails.

        Podman's names are away for a moment when a container comes or goes: then once more.
        """
        try:
            return self._containers.podman("exec", self.container(name), *command)
        except RedError as red:
            if _NAMELESS not in str(red):
                raise
            time.sleep(_NAMELESS_SECONDS)
            return self._containers.podman("exec", self.container(name), *command)

    def sql(self, statement: str, database: str = "collections") -> str:
        """Ask Postgres as its superuser."""
        return self.execute("postgres", *psql(database), "-c", statement)

    def session(self, database: str = "collections") -> "subprocess.Popen[str]":
        """A session of psql that takes statements by line, and ends at one that fails."""
        command = psql(database)
        return subprocess.Popen(
            ["podman", "exec", "--interactive", self.container("postgres"), *command],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def dump(self) -> str:
        """All databases and users as SQL, as the deployment page says."""
        return self.execute("postgres", "pg_dumpall", *CONNECTED)

    def restore(self, dump: str) -> None:
        """Run a dump on a new Postgres, as the page says: without the user that it has already."""
        session = self.session("postgres")
        session.communicate(dump.replace("\nCREATE ROLE postgres;\n", "\n", 1))
        if session.returncode:
            raise RedError(f"psql ended with {session.returncode}")

    def temporal(self, *arguments: str) -> Any:
        """What Temporal's command line answers as JSON, from the image of its tools."""
        options = ["run", "--rm", "--network", f"{PROJECT}_default", "--entrypoint", "temporal"]
        for variable in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"):
            options += ["--env", f"{variable}={self._setting('temporal-namespace', variable)}"]
        image = self.services["temporal-namespace"]["image"]
        return json.loads(self._containers.podman(*options, image, *arguments, "--output", "json"))

    def stopping(self, name: str) -> "subprocess.Popen[bytes]":
        """Ask a service to end, as `docker compose stop` does; it may take its time."""
        stop = [*self._compose, "stop", name]
        return subprocess.Popen(
            stop,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def exit_code(self, name: str) -> int:
        """How a service ended."""
        return int(self._state(name)["ExitCode"])

    def last_words(self, name: str) -> str:
        """The last lines of a service's log."""
        return last_words(self._log(name))

    def keep_logs(self, folder: Path) -> None:
        """Write what each service has said into a file of its name."""
        folder.mkdir(exist_ok=True)
        for name in self.services:
            (folder / f"{name}.log").write_text(self._log(name), "utf-8")

    def container(self, name: str) -> str:
        """The name of a service's container."""
        return f"{PROJECT}_{name}_1"

    def _log(self, name: str) -> str:
        asked = subprocess.run(
            ["podman", "logs", self.container(name)],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return asked.stdout

    def _needs(self, name: str) -> dict[str, dict[str, str]]:
        needs: dict[str, dict[str, str]] = self.services[name].get("depends_on", {})
        return needs

    def _setting(self, name: str, variable: str) -> str:
        shape = "{{json .Config.Env}}"
        told = self._containers.podman("inspect", "--format", shape, self.container(name))
        settings: list[str] = json.loads(told)
        return next(each.partition("=")[2] for each in settings if each.startswith(f"{variable}="))

    def _is_healthy(self, name: str) -> bool:
        if self._state(name)["RestartCount"]:
            raise RedError(f"{name} does not stay up: {self.last_words(name)}")
        check = ["podman", "healthcheck", "run", self.container(name)]
        asked = subprocess.run(check, env=self._environment, capture_output=True, check=False)
        return asked.returncode == 0

    def _has_ended(self, name: str, tries: int) -> bool:
        state = self._state(name)
        is_over: bool = state["ExitCode"] == 0 or state["RestartCount"] >= tries
        return is_over and state["Status"] == "exited"

    def _state(self, name: str) -> dict[str, Any]:
        shape = '{"Status":{{json .State.Status}},"ExitCode":{{.State.ExitCode}},'
        shape += '"RestartCount":{{.RestartCount}}}'
        told = self._containers.podman("inspect", "--format", shape, self.container(name))
        state: dict[str, Any] = json.loads(told)
        return state


def psql(database: str) -> list[str]:
    """The command line of psql in the image of Postgres; it ends at a statement that fails."""
    return ["psql", *CONNECTED, "-d", database, "-qtA", "-v", "ON_ERROR_STOP=1"]
