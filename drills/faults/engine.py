"""Temporal forgets everything; runs are ended by hand; another build and another policy come."""

import asyncio
import shutil
from pathlib import Path

import yaml

from demo.book import LENDER
from demo.service import ROOT, RUNNING, DemoError
from drills.faults.scene import Scene
from drills.plant import WORKER

_TERMINATED = 6
_TRIES = 8
_OPEN = "SELECT count(*) FROM collection_cases WHERE closed_at IS NULL AND started_at IS NOT NULL"
_GOVERNED = """
    SELECT count(*) FROM collection_cases WHERE closed_at IS NULL AND policy_version = $1
"""


async def lose_engine(scene: Scene, seconds: float) -> str:
    """Every run and the schedule are gone, with the worker; the cases go on from the record."""
    await scene.plant.kill(WORKER)
    await asyncio.sleep(seconds)
    await scene.plant.stack.lose_temporal()
    await scene.plant.start_worker()
    await scene.plant.install_schedule()
    open_cases = await scene.pool.fetchval(_OPEN)
    while await _running(scene) < await scene.pool.fetchval(_OPEN):  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    scene.plant.tell_world_to_send_again()
    return f"{open_cases} runs lost"


async def _running(scene: Scene) -> int:
    answer = await scene.temporal(lambda: scene.client.count_workflows(RUNNING))
    return answer.count


async def terminate_runs(scene: Scene, _seconds: float) -> str:
    """Somebody ends some runs in the UI, and says nothing to anybody."""
    runs = [run async for run in scene.client.list_workflows(RUNNING)]
    chosen = scene.chance.sample(sorted(run.id for run in runs), min(_TERMINATED, len(runs)))
    for run_id in chosen:
        handle = scene.client.get_workflow_handle(run_id)
        await scene.temporal(lambda handle=handle: handle.terminate("by hand"))  # type: ignore[misc]
    return f"{len(chosen)} runs"


async def deploy_build(scene: Scene, _seconds: float) -> str:
    """The old worker hands over in order."""
    await scene.plant.deploy_build()
    return f"build {scene.plant.builds}"


async def adopt_policy(scene: Scene, _seconds: float) -> str:
    """Open cases move to a policy of a version of its own, which says the same."""
    file, version = _write_policy(scene.plant.stack.data_dir / "policies")
    for _ in range(_TRIES):
        code = await scene.plant.attempt(
            "adopt", "ops.py", "policy", "adopt", str(file), "--lender", LENDER, "--rate", "20"
        )
        if code == 0:
            moved = await scene.pool.fetchval(_GOVERNED, version)
            return f"{moved} cases"
        await asyncio.sleep(2)
    raise DemoError(f"no policy could be adopted in {_TRIES} tries (see adopt.log)")


def _write_policy(folder: Path) -> tuple[Path, str]:
    """The shipped policies once more, with a version of their own: the file, and the version."""
    shutil.copytree(ROOT / "policies", folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    file = folder / "cn.yaml"
    text = file.read_text("utf-8")
    version = str(yaml.safe_load(text)["version"])
    file.write_text(text.replace(f"version: {version}", f"version: {version}-drill"), "utf-8")
    return file, f"{version}-drill"
