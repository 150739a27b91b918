"""Builds the images and runs docker-compose.yml with them, from an empty database to a drain.

    make image-test            every step, with stand-ins for the images that come from elsewhere
    make image-test-faults     planted faults, each of which a step must find
    … --real-images            the images that docker-compose.yml names, where they can be fetched

Needs root and, by Debian's names, buildah, podman, runc, mmdebstrap, netavark, aardvark-dns and
iptables.
Everything is kept in `.local/image-test`; containers, networks and volumes are removed at the end,
images stay for the next run. Ends with 0 when all is as it must be, with 1 when a step is red, with
2 when a tool is missing.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.clock import BusinessClock
from embedded.processes import free_ports
from tests.support.images import images
from tests.support.images.containers import Containers
from tests.support.images.faults import FAULTS
from tests.support.images.loans import AS_OF
from tests.support.images.stack import Stack
from tests.support.images.steps import STEPS, name_of
from tests.support.images.transcript import RedError, Transcript

REPOSITORY = Path(__file__).parents[3]
COMPOSE = REPOSITORY / ".venv-deploy" / "bin" / "podman-compose"
TOOLS = ("buildah", "podman", "runc", "mmdebstrap", "netavark", "aardvark-dns", "iptables")
PLACES = os.pathsep.join([os.defpath, "/usr/sbin", "/usr/lib/podman", "/usr/libexec/podman"])
NOT_IN_THE_IMAGE = ("tests", "demo", "docs", "deploy", "embedded", "local.py", ".git", ".env")

# With every sign that an address, YAML, SQL, a shell or compose would read.
PASSWORD = "p@ss/w:rd%#'\"\\$x+{&}"


def main() -> int:
    """The exit code."""
    asked = _arguments()
    if missing := [tool for tool in TOOLS if not _is_there(tool)]:
        print(f"missing here, so nothing was tested: {', '.join(missing)}", file=sys.stderr)
        return 2
    # Apart: the stand-ins bear the real images' names.
    kept = "image-test-real" if asked.real_images else "image-test"
    containers = Containers(REPOSITORY / ".local" / kept)
    containers.prepare()
    try:
        _build(containers, real=asked.real_images)
    except RedError:
        return 1
    faults = list(FAULTS) if asked.all_faults else [asked.fault]
    found = [_is_as_expected(containers, fault) for fault in faults]
    return 0 if all(found) else 1


def _is_there(tool: str) -> bool:
    """In the search path, or where podman keeps its helpers."""
    return bool(shutil.which(tool) or shutil.which(tool, path=PLACES))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.images.run")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--fault", choices=FAULTS, help="plant one fault")
    which.add_argument("--all-faults", action="store_true", help="plant each fault in turn")
    real = "fetch the images that docker-compose.yml names"
    parser.add_argument("--real-images", action="store_true", help=real)
    return parser.parse_args()


def _build(containers: Containers, *, real: bool) -> None:
    transcript = Transcript()
    with transcript.step("Tools are there") as say:
        say(f"{containers.podman('--version')}, {containers.podman('info', '--format', _TOOLS)}")
    if not real:
        with transcript.step("Stand-ins are built for the images that come from elsewhere") as say:
            images.stand_ins(containers, REPOSITORY, _images_from_elsewhere(), say)
    with transcript.step("The service's image is built from the Dockerfile") as say:
        images.ours(containers, REPOSITORY)
        size = int(containers.field(images.OURS, ".Size")) // 1_000_000
        say(f"{size} MB, user {containers.field(images.OURS, '.Config.User')}")
    with transcript.step("It holds what it runs and nothing else") as say:
        listed = containers.podman("run", "--rm", "--network", "none", images.OURS, "ls", "-A")
        if wrong := set(NOT_IN_THE_IMAGE) & set(listed.split()):
            raise RedError(f"it holds {', '.join(sorted(wrong))}")
        say(" ".join(listed.split()))


_TOOLS = "buildah {{.Host.BuildahVersion}}, {{.Host.OCIRuntime.Name}}, {{.Store.GraphDriverName}}"


def _images_from_elsewhere() -> set[str]:
    folder = Stack.read(REPOSITORY)
    named = {each["image"] for each in folder.values() if "build" not in each}
    return named | {images.base_image(REPOSITORY)}


def _is_as_expected(containers: Containers, fault: str | None) -> bool:
    """Run the steps: all green without a fault, else red where and how the fault says."""
    print(f"\n== {f'planted fault: {fault}' if fault else 'the stack as it is'}")
    transcript = Transcript()
    said = ""
    with _stack(containers, fault) as stack:
        try:
            for step in STEPS:
                with transcript.step(name_of(step)) as say:
                    step(stack, say)
        except RedError as error:
            said = str(error)
            stack.keep_logs(containers.home / "logs")
    if fault is None:
        logs = containers.home / "logs"
        print(f"== RED: logs in {logs}" if transcript.red else "== all steps are green")
        return not transcript.red
    wanted = FAULTS[fault]
    is_found = transcript.red == name_of(wanted.red) and wanted.says in said
    print(f"== {fault}: {'found' if is_found else 'NOT FOUND where and how it should be'}")
    return is_found


@contextmanager
def _stack(containers: Containers, fault: str | None) -> Iterator[Stack]:
    """The deployment's files in a folder of their own, with the fault; removed with all it made."""
    with tempfile.TemporaryDirectory(dir=containers.home) as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(REPOSITORY / "docker-compose.yml", folder)
        shutil.copytree(REPOSITORY / "deploy", folder / "deploy")
        if fault is not None:
            FAULTS[fault].plant(folder)
        containers.remove_all()  # of a run that was killed
        try:
            yield Stack(containers, COMPOSE, folder, _settings())
        finally:
            containers.remove_all()


def _settings() -> dict[str, str]:
    # Two minutes to five in Shanghai, and they last: each case's own moment of the day is over, so
    # that its contact is due at once, and the hours in which contacts are planned are not.
    before_five = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 8, 58, tzinfo=UTC)
    clock = BusinessClock(
        started_at=datetime.now(UTC), origin=before_five, day_length=timedelta(days=30)
    )
    ui_port, door_port = free_ports(2)
    return {
        "POSTGRES_PASSWORD": f"{PASSWORD} super",
        "TEMPORAL_DB_PASSWORD": f"{PASSWORD}temporal",
        "COLLECTIONS_DB_PASSWORD": f"{PASSWORD} collections",
        "DOOR_KEY": "of the tests' installation, never of another",
        # One that no server makes by itself.
        "TEMPORAL_NAMESPACE": "image-test",
        "TEMPORAL_UI_PORT": str(ui_port),
        "DOOR_PORT": str(door_port),
        "BUSINESS_CLOCK": str(clock),
    }


if __name__ == "__main__":
    sys.exit(main())
