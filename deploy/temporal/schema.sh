#!/bin/sh
# Temporal's schema in both its databases, brought up to this image's version. Safe to repeat:
# `setup-schema` leaves a database alone that is past the given version, and `update-schema`
# applies what is missing.
set -eu

bring_up() {
    database=$1
    schema=$2
    temporal-sql-tool --db "$database" setup-schema -v 0.0
    temporal-sql-tool --db "$database" update-schema \
        -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
}

bring_up temporal temporal
bring_up temporal_visibility visibility
