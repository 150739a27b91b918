# Everything runs from a checkout: Python 3.11+, make and a package index are all it takes.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# The linters of docker-compose.yml and the Dockerfile and a generator of clients, apart: no test of
# `make test` needs them.
DEPLOY_VENV := .venv-deploy
DEPLOY_BIN := $(DEPLOY_VENV)/bin
# What the product is measured against; Restate's server comes from npm.
PEERS_VENV := .venv-peers
PYTEST := $(BIN)/python -m pytest
IN_PARALLEL := --numprocesses auto --maxprocesses 4 --dist worksteal
# Tests on servers wait for them a good part of their time: one more than two processors.
ON_SERVERS := --numprocesses 3 --dist worksteal
# Those from outside wait for half of theirs: two at a time left the machine idle.
FROM_OUTSIDE := --numprocesses 3 --dist load --maxschedchunk 1
say = @printf '\n%s\n' '$(1)'

.PHONY: help environment demo drill drill-planted up check test lint unit lock bench peers crash-points docs \
	record-histories statements compose-check image-test image-test-faults client-test clean

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Whole already, or built: PYTHON=/path/to/python3 chooses another interpreter.
environment:
	@./environment.sh $(PYTHON)

$(DEPLOY_VENV)/installed: requirements/deploy.lock | environment
	@test -x $(DEPLOY_BIN)/python || $(BIN)/python -m venv $(DEPLOY_VENV)
	$(DEPLOY_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/deploy.lock
	@touch $@

# No package runs a script of its own: one of them would report the installation.
$(PEERS_VENV)/installed: requirements/peers.lock requirements/restate/package-lock.json | environment
	@command -v npm >/dev/null || { echo "npm is missing: Restate's server is a package of its"; exit 2; }
	@test -x $(PEERS_VENV)/bin/python || $(BIN)/python -m venv $(PEERS_VENV)
	$(PEERS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/peers.lock
	@mkdir -p $(PEERS_VENV)/restate
	@cp requirements/restate/*.json $(PEERS_VENV)/restate
	npm ci --prefix $(PEERS_VENV)/restate --ignore-scripts --no-audit --no-fund
	@touch $@

# SPEED: business days a second (0.8 is 1.25 s a day); without it, what this machine can keep up
# with. LOANS: only so many overdue loans. KEEP=1: everything stays at the end, until Ctrl-C.
# LOSE=1: on the way Temporal loses all its data, and the cases go on from the record.
demo: environment ## Months of collections in minutes; SPEED=0.4 LOANS=30 KEEP=1 change it
	@$(BIN)/python -m demo.command $(if $(SPEED),--days-per-second $(SPEED)) \
		$(if $(LOANS),--loans $(LOANS)) $(if $(filter 1 yes true,$(KEEP)),--keep) \
		$(if $(filter 1 yes true,$(LOSE)),--lose-engine)

# SEED: another drill. LOANS, DAY (real seconds of a usual day): smaller, slower.
# FORM=short: four faults in a minute and a half.
drill: environment ## Whole lives of loans while everything dies, freezes and lies; SEED=7 FORM=short
	@$(BIN)/python -m drills.command $(if $(SEED),--seed $(SEED)) $(if $(FORM),--form $(FORM)) \
		$(if $(LOANS),--loans $(LOANS)) $(if $(DAY),--day $(DAY))

drill-planted: environment ## The drill finds planted faults, each alone, and nothing without one
	@$(BIN)/python -m drills.each_planted $(if $(DAY),--day $(DAY))

up: environment ## The embedded stack, left running in real time (Ctrl-C ends it)
	$(BIN)/python local.py up

# Beside one another: the type checker has use for one processor only.
check: environment ## Linters, types, unit tests and the replay guard: two minutes at most
	@$(MAKE) --no-print-directory --jobs 2 lint unit

test: check ## Linters, types and every test: about ten minutes on two cores
	$(call say,On servers: what every provider promises; a real Postgres; whole lives on a Temporal whose time is skipped)
	$(PYTEST) $(ON_SERVERS) tests/contract tests/integration tests/workflow
	$(call say,Acceptance: the installation from outside; and its servers killed in the middle of work)
	$(PYTEST) $(FROM_OUTSIDE) tests/acceptance

lint: environment ## Ruff, strict types, import layers
	$(call say,Ruff: mistakes and layout)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(call say,mypy: strict types of everything including tests)
	$(BIN)/mypy .
	$(call say,Import linter: who may import whom)
	$(BIN)/lint-imports

unit: environment
	$(call say,Units: the rules; and the replay guard: recorded runs under the code of today)
	$(PYTEST) $(IN_PARALLEL) tests/unit tests/replay

# ROUNDS: how often each rate is measured.
peers: environment $(PEERS_VENV)/installed ## The same work by cron, DBOS, Restate: docs/peers.md, within the hour
	$(BIN)/python -m benchmarks.peers.command $(if $(ROUNDS),--rounds $(ROUNDS))

crash-points: environment ## Whole lives, the worker dying in another place in each
	CRASH_POINTS=each $(PYTEST) -rP --numprocesses 4 tests/workflow/crash

bench: environment ## Every bench against its floor: docs/benchmarks.md, in about seventeen minutes
	$(BIN)/python -m benchmarks.report $(if $(ANYWAY),--anyway)

docs: environment ## The pages that are drawn from the code
	$(BIN)/python -m domain.case.events.document > docs/event-table.md
	$(BIN)/python -m policies.texts.page > docs/texts.md
	$(BIN)/python -m policies.kept > docs/rules.md
	$(BIN)/python -m workflows.picture > docs/process.svg
	$(BIN)/python -m door.contract.schemas
	$(BIN)/python -m benchmarks.peers.page

record-histories: environment ## Runs of the demo's loans for the replay guard
	$(BIN)/python -m tests.support.replay.record

statements: environment ## Declare the SQL statements to mypy, after one has changed
	$(BIN)/python -m database.statements

compose-check: environment $(DEPLOY_VENV)/installed ## Lint and resolve docker-compose.yml and the Dockerfile
	$(DEPLOY_BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(DEPLOY_BIN)/hadolint --failure-threshold style Dockerfile
	$(DEPLOY_BIN)/compose-lint check --quiet --skip-suppressed --strict-config --no-env --fail-on low \
		--config deploy/lint/compose-lint.yml docker-compose.yml
	$(BIN)/python -m pytest -q tests/unit/deploy
	@command -v podman >/dev/null || { echo "podman is missing: the file was not resolved"; exit 2; }
	POSTGRES_PASSWORD=a TEMPORAL_DB_PASSWORD=b COLLECTIONS_DB_PASSWORD=c DOOR_KEY=d \
		$(DEPLOY_BIN)/podman-compose --file docker-compose.yml config >/dev/null

image-test: environment $(DEPLOY_VENV)/installed ## Build the images and run docker-compose.yml with podman
	$(BIN)/python -m tests.support.images.run

image-test-faults: environment $(DEPLOY_VENV)/installed ## The same with planted faults, each to be found
	$(BIN)/python -m tests.support.images.run --all-faults

client-test: environment $(DEPLOY_VENV)/installed ## Generate a client of the front door and send each event with it
	$(BIN)/python -m tests.support.client.run

lock: environment ## Write the hash-locked requirements again
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml --upgrade -o requirements/app.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml --group stack --group dev -c requirements/app.lock \
		-o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --group pyproject.toml:deploy --upgrade \
		-o requirements/deploy.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --group pyproject.toml:peers --upgrade \
		-o requirements/peers.lock
	npm install --prefix requirements/restate --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund

clean: ## Remove the environment and local data
	rm -rf $(VENV) $(DEPLOY_VENV) $(PEERS_VENV) .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
