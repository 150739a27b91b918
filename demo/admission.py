"""Lets the demo's systems in: a credential for each, and an endpoint where it is told the news.

What `ops.py credential add` and `ops.py endpoint add` do by hand. The systems get their secrets and
nothing else: the key of the door stays with the service.
"""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from commands.ops.credential.shown_once import new_salt
from database.door.credentials import Credentials
from database.news.endpoints import Endpoints
from database.sql import Pool
from demo.book import LENDER
from demo.systems.directory import SYSTEMS, System
from door.news.signing import secret_of
from door.signatures import make_secret
from embedded.processes import LOOPBACK
from runtime.standard_webhooks import written


class Admission(BaseModel):
    """What the systems know of the service: addresses, and a secret of each, by its name."""

    door: str
    news_port: int
    secrets: dict[str, str] = {}
    news_secrets: dict[str, str] = {}  # of those that are told

    def write(self, file: Path) -> Path:
        """Write it down where nobody else may read it; answers with the file."""
        file.touch(mode=0o600)
        file.write_text(self.model_dump_json())
        return file


async def admit_systems(pool: Pool, door_key: str, door: str, news_port: int) -> Admission:
    """Let every system of the directory in."""
    admission = Admission(door=door, news_port=news_port)
    for system in SYSTEMS:
        admission.secrets[system.name] = await _add_credential(pool, door_key, system)
        if system.is_told:
            url = f"http://{LOOPBACK}:{news_port}/{system.name}"
            admission.news_secrets[system.name] = await _add_endpoint(pool, door_key, system, url)
    return admission


async def _add_credential(pool: Pool, door_key: str, system: System) -> str:
    salt = new_salt()
    await Credentials(pool).add(
        system.name,
        system.name,
        system.sends,
        [LENDER],
        salt,
        datetime.now(UTC),
        may_name_staff=system.may_name_staff,
    )
    return written(make_secret(door_key, system.name, salt))


async def _add_endpoint(pool: Pool, door_key: str, system: System, url: str) -> str:
    salt = new_salt()
    await Endpoints(pool).add(system.name, url, system.is_told, [LENDER], salt, datetime.now(UTC))
    return written(secret_of(door_key, system.name, salt))
