#!/bin/sh
# Users and databases, each where it is missing; passwords are set each time, so that a changed
# one is changed by the next run. Runs as the superuser in the image of Postgres.
set -eu

case $TEMPORAL_DB_PASSWORD in
    *[[:space:]]*)
        # Temporal writes it into an address, and a space into a plus sign.
        echo "TEMPORAL_DB_PASSWORD: Temporal cannot use a password with a space in it" >&2
        exit 1
        ;;
esac

exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file /deploy/databases.sql
