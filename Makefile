# Every door to caseflow for people who work on it: `make help` lists them.
#
# Real files stand for finished work, so a second `make run` looks at a handful of time stamps and
# starts: no installer, no compiler and no network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/installed-runtime
TESTING := $(VENV)/installed-test
ASSETS := static/vendor/.complete
SPEC := tests/telephone/described/twilio_api_v2010.json
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard caseflow/translations/*/LC_MESSAGES/*.po))
TYPED := caseflow bench $(wildcard config.py wsgi.py)

.DEFAULT_GOAL := help
.PHONY: help run check test soak bench lint format catalogues compiled migration lock
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

export PIP_DISABLE_PIP_VERSION_CHECK := 1

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "caseflow needs Python 3.11 or newer; give one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make an environment here. On Debian: apt-get install python3-venv"; exit 1; }

$(RUNTIME): requirements.lock setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@touch $@

# The test lock holds the runtime lock's versions and more, so this never moves a version.
$(TESTING): requirements-test.lock $(RUNTIME)
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-test.lock
	@touch $@

$(ASSETS): package-lock.json .ci/assets.py .ci/node.lock | $(BIN)/python
	$(BIN)/python .ci/assets.py
	@touch $@

$(SPEC): .ci/twilio_spec.py .ci/assets.py .ci/node.lock | $(BIN)/python
	$(BIN)/python .ci/twilio_spec.py

%.mo: %.po | $(RUNTIME)
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

help: ## list the doors
	@awk -F ' *## ' '/^[a-z]+:.* ## / { split($$1, name, ":"); printf "make %-11s %s\n", name[1], $$2 }' $(MAKEFILE_LIST)

run: $(RUNTIME) $(ASSETS) $(CATALOGUES) ## start the office with the demo: http://127.0.0.1:8000
	@exec $(BIN)/caseflow up

check: lint $(ASSETS) $(SPEC) $(CATALOGUES) ## format, lint, types, house rules, pure and SQLite tests (a minute)
	$(BIN)/python -m tests fast

test: $(TESTING) $(ASSETS) $(SPEC) $(CATALOGUES) ## every test, its own set-up included
	$(BIN)/python -m tests $(TESTS)

SECONDS := 480
soak: $(TESTING) $(ASSETS) $(CATALOGUES) ## conflicts, kills and chance for minutes, with figures: make soak SECONDS=480
	$(BIN)/python -m tests.soak $(SECONDS)

SIZE := 100000
bench: $(TESTING) $(ASSETS) $(CATALOGUES) ## how fast it is, beside limits of this machine: make bench SIZE=100000
	$(BIN)/python -m bench --size $(SIZE)

lint: $(TESTING) ## format, lint and types only
	$(BIN)/ruff format --quiet --check --diff .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy $(TYPED)

format: $(TESTING) ## put every file into house format, repair what ruff can
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

catalogues: $(TESTING) ## collect the Chinese texts of code and templates into the English catalogue
	$(BIN)/python -m tests.house.extraction
	$(BIN)/python -m tests.house.state_tables
	@$(MAKE) --no-print-directory compiled

compiled: $(CATALOGUES)

migration: $(RUNTIME) ## draft a migration from the models: make migration m="why"
	@test -n "$(m)" || { echo 'say why: make migration m="add the call-back clock"'; exit 1; }
	$(BIN)/python -m caseflow.migrating "$(m)"

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
lock: ## renew the locks from setup.cfg (wants uv on the PATH)
	$(LOCK) setup.cfg requirements.in --output-file requirements.lock
	$(LOCK) setup.cfg requirements.in --extra test --constraint requirements.lock \
		--output-file requirements-test.lock
	$(LOCK) .ci/node.in --output-file .ci/node.lock
