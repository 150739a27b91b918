#!/bin/sh
# Starts Temporal's server. It reads its settings as YAML, with the password between double
# quotes as it is: what ends or escapes there is escaped here.
set -eu

POSTGRES_PWD=$(printf '%s' "$TEMPORAL_DB_PASSWORD" | sed 's/[\\"]/\\&/g')
export POSTGRES_PWD
unset TEMPORAL_DB_PASSWORD

exec /etc/temporal/entrypoint.sh
