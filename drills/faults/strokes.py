"""Which stroke a fault is."""

from drills.faults.around import misbehave, refuse
from drills.faults.database import exhaust_connections, fill_disk
from drills.faults.engine import adopt_policy, deploy_build, lose_engine, terminate_runs
from drills.faults.processes import freeze, kill_door, kill_postgres, kill_temporal, kill_worker
from drills.faults.scene import Stroke
from drills.modes import Mode
from drills.plant import DOOR, WORKER
from drills.schedule import Fault

STROKES: dict[Fault, Stroke] = {
    Fault.KILL_WORKER: kill_worker,
    Fault.KILL_DOOR: kill_door,
    Fault.KILL_TEMPORAL: kill_temporal,
    Fault.KILL_POSTGRES: kill_postgres,
    Fault.FREEZE_WORKER: freeze(WORKER),
    Fault.FREEZE_DOOR: freeze(DOOR),
    Fault.FREEZE_TEMPORAL: freeze("temporal"),
    Fault.FREEZE_POSTGRES: freeze("postgres"),
    Fault.FILL_DISK: fill_disk,
    Fault.EXHAUST_CONNECTIONS: exhaust_connections,
    Fault.LOSE_ENGINE: lose_engine,
    Fault.DEPLOY_BUILD: deploy_build,
    Fault.PROVIDER_BUSY: misbehave(Mode.BUSY),
    Fault.PROVIDER_REFUSES: refuse,
    Fault.PROVIDER_LOSES_ANSWERS: misbehave(Mode.LOSES_ANSWERS),
    Fault.PROVIDER_DROPS: misbehave(Mode.DROPS),
    Fault.PROVIDER_LAGS: misbehave(Mode.LAGS),
    Fault.PROVIDER_HANGS: misbehave(Mode.HANGS),
    Fault.PROVIDER_CANNOT_TELL: misbehave(Mode.CANNOT_TELL),
    Fault.STAMMER: misbehave(Mode.STAMMERS),
    Fault.TERMINATE_RUNS: terminate_runs,
    Fault.ADOPT_POLICY: adopt_policy,
}
