"""A Postgres that is there and cannot: its disk is full, or nobody gets a connection any more.

No disk is filled: while a setting says so, each write to a table of ours fails with the SQLSTATE
that Postgres itself gives (53100, disk_full). Connections are really taken, until one is refused.
"""

import asyncio

import asyncpg

from database.sql import Pool
from drills.faults.scene import Scene

_FULL = "drill.disk_full"
_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' ORDER BY 1
"""
_FUNCTION = f"""
    CREATE FUNCTION drill_disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('{_FULL}', true) = 'on' THEN
            RAISE disk_full USING MESSAGE = 'could not extend file: No space left on device';
        END IF;
        RETURN NULL;
    END;
    $$
"""
_TRIGGER = """
    CREATE TRIGGER drill_disk_full BEFORE INSERT OR UPDATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION drill_disk_full()
"""
_NO_MORE = (asyncpg.TooManyConnectionsError, OSError)


async def prepare_full_disk(pool: Pool) -> None:
    """So that a setting is enough, later, to let every write fail."""
    await pool.execute(_FUNCTION)
    for row in await pool.fetch(_TABLES):
        await pool.execute(_TRIGGER.format(table=row["name"]))


async def fill_disk(scene: Scene, seconds: float) -> str:
    """Reads go on; no row is written."""
    await _say_full(scene.pool, "on")
    try:
        await asyncio.sleep(seconds)
    finally:
        await _say_full(scene.pool, "off")
    return ""


async def _say_full(pool: Pool, value: str) -> None:
    await pool.execute(f"ALTER SYSTEM SET {_FULL} = '{value}'")
    await pool.execute("SELECT pg_reload_conf()")


async def exhaust_connections(scene: Scene, seconds: float) -> str:
    """Whoever has a connection keeps it; who needs another one is refused."""
    taken: list[asyncpg.Connection[asyncpg.Record]] = []
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                taken.append(await asyncpg.connect(scene.plant.stack.database_url, timeout=left))
            except _NO_MORE:  # one that is given back meanwhile is taken, too
                await asyncio.sleep(0.1)
    finally:
        for connection in taken:
            connection.terminate()
    return f"{len(taken)} taken"
