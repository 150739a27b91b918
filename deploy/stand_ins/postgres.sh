#!/bin/bash
# What the official image's entrypoint does for us: make the database once, with a password.
set -euo pipefail

mkdir -p /run/postgresql
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    : "${POSTGRES_PASSWORD:?Database is uninitialized and superuser password is not specified.}"
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    initdb --username "${POSTGRES_USER:-postgres}" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") \
        --auth-local trust --auth-host trust --encoding UTF8 --locale C.UTF-8
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
    echo "unix_socket_directories = '/run/postgresql'" >>"$PGDATA/postgresql.conf"
fi

exec "$@"
