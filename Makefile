# `make` lists the verbs. Everything runs in .venv, installed from the locks with hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/run ## the tour: a seeded portal, a few queries over virtual tables, the receipt
	@$(BIN)/iptvvtab demo

# Tests start hundreds of processes: what one has compiled serves the next.
test test-long: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/dev lint types ## lint, floors, types, tests
	$(BIN)/python -m pytest -q -n 2 -m "not long"

test-long: $(VENV)/dev ## the long suites too
	$(BIN)/python -m pytest -q -n 2 --timeout 3600

lint: $(VENV)/dev ## ruff and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/dev ## mypy, strict
	$(BIN)/mypy

format: $(VENV)/dev ## let ruff format and fix
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(VENV)/dev ## write the generated parts of docs
	$(BIN)/cog -r docs/*.md README.md

bench: $(VENV)/bench ## rows per second beside a hand-written loop, requests per query, neighbours
	$(BIN)/python -m tests.bench

sqllogictest: $(VENV)/dev ## run sqllogictest files: make sqllogictest FILES="a.test dir/*.test" OPTIONS="--sample 10"
	$(BIN)/python -m tests.sqllogictest $(OPTIONS) $(FILES)

wheel: $(VENV)/dev ## build the wheel
	$(BIN)/python -m build --wheel --no-isolation

lock: $(VENV)/dev ## write the locks anew from pyproject.toml
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --group build pyproject.toml -o locks/run.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --group build --group dev --extra postgresql --extra serve pyproject.toml -o locks/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --group bench --constraints locks/dev.txt pyproject.toml -o locks/bench.txt

clean: ## remove the environment and what was built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "iptvvtab needs Python 3.11 or newer; say which: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# One stamp per lock: an environment with dev serves run too.
$(VENV)/run: locks/run.txt pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/dev || $(PIP) install --require-hashes -r locks/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: locks/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r locks/dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# What is measured beside comes on top.
$(VENV)/bench: locks/bench.txt $(VENV)/dev
	$(PIP) install --require-hashes -r locks/bench.txt
	@touch $@

.PHONY: help demo test test-long lint types format docs bench sqllogictest wheel lock clean
