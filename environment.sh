#!/bin/sh
# Builds the environment in .venv, or finds that it is whole; `make` calls it before anything else.
#
#   ./environment.sh [PYTHON]
#
# The stamp is written last and says for which Python all was installed. Whatever went wrong before,
# a Ctrl-C or another Python since, leaves no stamp or another one: then all is built anew.
set -eu
cd "$(dirname "$0")"

venv=.venv
stamp=$venv/installed
wanted=${1:-}

say() { printf '%s\n' "$*"; }

fail() {
    say "error: $*" >&2
    exit 2
}

# Nothing where it does not run.
version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_build() {
    "$1" -c 'import venv, ensurepip' 2>/dev/null
}

# Sets `python` to the first that will do; says what is wrong with those that will not.
choose_python() {
    wrong=
    for python in ${wanted:-python3 python3.13 python3.12 python3.11}; do
        found=$(version_of "$python")
        if [ -z "$found" ]; then
            [ -z "$wanted" ] || wrong="$wrong; $python does not run"
        elif ! is_new_enough "$python"; then
            wrong="$wrong; $python is Python $found"
        elif ! can_build "$python"; then
            wrong="$wrong; $python has no venv module (on Debian: apt install python$found-venv)"
        else
            return 0
        fi
    done
    fail "Python 3.11 or newer with its venv module is needed${wrong:-; there is none}." \
        "Another one: make PYTHON=/path/to/python3"
}

fits_python() {
    [ -f $stamp ] || return 1
    built_for=$(cat $stamp)
    [ -n "$built_for" ] && [ "$(version_of $venv/bin/python)" = "$built_for" ] || return 1
    [ -z "$wanted" ] || [ "$(version_of "$wanted")" = "$built_for" ]
}

is_newer_than_the_locks() {
    [ ! requirements/app.lock -nt $stamp ] && [ ! requirements/dev.lock -nt $stamp ]
}

is_whole() {
    fits_python && is_newer_than_the_locks
}

# Two at once in one checkout would remove it under each other. The lock is on the directory, and
# goes with the last process that has it open. Where there is no `flock`, nobody waits.
wait_for_another() {
    command -v flock >/dev/null || return 0
    exec 9<.
    flock -n 9 && return 0
    say 'The environment: another `make` builds it; waiting for that'
    flock 9 || return 0
}

build() {
    choose_python
    say "The environment: a new one, with Python $found ($(command -v "$python"))"
    rm -rf $venv
    "$python" -m venv $venv || fail "$python cannot make an environment in $venv"
}

if is_whole; then exit 0; fi
wait_for_another
if is_whole; then exit 0; fi
if fits_python; then
    built_for=$(cat $stamp)
    rm $stamp
else
    build
    built_for=$found
fi
say 'The environment: installing what the lock files name, for about a minute'
$venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r requirements/dev.lock || fail "the packages cannot be installed; \`make\` tries again"
say "$built_for" >$stamp.new
mv $stamp.new $stamp
