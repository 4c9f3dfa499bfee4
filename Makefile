# Every target explains itself: `make help`. The environment lives in .venv and is made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_ALL := $(VENV)/.ready-all
EMULATOR := .venv-emulator/.ready
LOCK := requirements.lock
LOCKED := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11.5 --all-extras \
  --group test --group slow --group lint --group docs --no-header --no-annotate --output-file

# Hundreds of commands are started in tests: compiled once, each of them starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo runbook docs docs-serve docref environment test test-all test-every lint lock types check bench bench-names bench-sources format clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Backcourt needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(READY): pyproject.toml $(LOCK) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) --editable ".[runbooks]" --group test
	@touch $(READY)

$(READY_ALL): $(READY)
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) --group slow --group lint --group docs
	@touch $(READY_ALL)

# An emulator of BigQuery wants an environment of its own and Python 3.13; without one its tests are skipped.
PYTHON313 ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3.13) $(shell python3.13 -c 'import sys; print(sys.executable)' 2>/dev/null))
$(EMULATOR): pyproject.toml
	@if test ! -f ../shared/tools/bigquery_emulator.py; then :; elif test -n "$(PYTHON313)"; then \
	  $(PYTHON313) -m venv .venv-emulator && .venv-emulator/bin/python -m pip install --quiet local-bigquery==0.4.0 duckdb==2.0.1 sqlglot==30.30.0 \
	    && touch $@; \
	else echo "there is no Python 3.13: tests against the emulator of BigQuery are skipped"; fi

$(BIN)/uv: | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) uv

# Asks the package index, so only when one of the two has changed. The pins that still fit are kept.
$(VENV)/.locked: pyproject.toml $(LOCK) | $(BIN)/uv
	@mkdir -p build && cp $(LOCK) build/$(LOCK)
	@if ! $(LOCKED) build/$(LOCK); then echo "$(LOCK) is not checked: the package index could not be asked"; \
	elif cmp $(LOCK) build/$(LOCK); then touch $@; \
	else echo "$(LOCK) does not match pyproject.toml: run make lock"; exit 1; fi

demo: $(READY) ## Simulate a season, load it, compute every table and look at the result
	$(BIN)/backcourt demo

runbook: $(READY) ## Run the quick-start runbook on the demo's warehouse and write its report
	@test -f demo/warehouse.duckdb || $(BIN)/backcourt demo
	$(BIN)/backcourt runbook run quick-start --start-date 2021-12-01 --no-dry-run --warehouse demo/warehouse.duckdb

docs: $(READY_ALL) ## Build the site, strictly, with executed runbooks, and check every reference
	$(BIN)/python docs/_build/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	$(BIN)/python -m docref check --site site

docs-serve: $(READY_ALL) ## Look at the site while writing it: http://127.0.0.1:8000
	$(BIN)/python docs/_build/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

docref: $(READY_ALL) ## Check every reference in pages, runbooks and docstrings, without building the site
	$(BIN)/python docs/_build/generate.py
	$(BIN)/python -m docref check

environment: $(READY_ALL) $(EMULATOR) ## Install what all the other targets need

TESTS := $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

test: $(READY) $(EMULATOR) ## Run the core tests (about 7 minutes on two cores)
	$(TESTS) -m "not slow"

test-all: $(READY_ALL) $(EMULATOR) ## Run the slow and heavy tests too (Google's analyzer, real seasons)
	$(TESTS) -m "slow"

test-every: $(READY_ALL) $(EMULATOR) ## Run both in one go, which collects and sets up once
	$(TESTS)

lint: $(VENV)/.locked $(READY_ALL) ## Check style, format, spelling, SQL, the order of the packages and the lock file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/sqlfluff lint src --processes 0
	$(BIN)/lint-imports

types: $(READY_ALL) ## Check the types
	$(BIN)/mypy

check: lint types docs test-every ## Everything that decides whether a change lands

bench: $(READY) ## Measure against a plain-DuckDB floor on real seasons
	$(BIN)/python benchmarks/bench.py

bench-names: $(READY) ## Measure who is found behind a name, and print every confusion
	$(BIN)/python benchmarks/names.py

bench-sources: $(READY) ## Measure loading a season of payloads against reading them with plain Python
	$(BIN)/python benchmarks/sources.py

lock: | $(BIN)/uv ## Bring the lock file up to date with pyproject.toml; UPGRADE=1 takes the newest versions
	$(LOCKED) $(LOCK) $(if $(UPGRADE),--upgrade)

format: $(READY_ALL) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and what the demo wrote
	rm -rf $(VENV) .venv-emulator demo build site runbook-runs
