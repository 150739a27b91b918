#!/bin/sh
# The namespace and its search attributes, each where it is missing. TEMPORAL_ADDRESS and
# TEMPORAL_NAMESPACE are read by the command line itself.
set -eu

again() {
    tries=30
    until "$@"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "gave up: $*" >&2
            return 1
        fi
        sleep 2
    done
}

# The port is open before the server can serve.
again temporal operator cluster health

if ! temporal operator namespace describe -n "$TEMPORAL_NAMESPACE"; then
    temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
fi

# A new namespace is known everywhere only after some seconds.
again temporal operator search-attribute list >/tmp/existing

while read -r name type; do
    existing=$(awk -v name="$name" '$1 == name { print $2 }' /tmp/existing)
    case $existing in
        "$type") ;;
        '') temporal operator search-attribute create --name "$name" --type "$type" </dev/null ;;
        *)
            echo "search attribute $name is of type $existing; the service needs $type" >&2
            exit 1
            ;;
    esac
done </deploy/search-attributes
