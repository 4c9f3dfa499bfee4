# Every target explains itself: `make help`. The environment lives in .venv and is made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_ALL := $(VENV)/.ready-all

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint types check bench format clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Backcourt needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group test
	@touch $(READY)

$(READY_ALL): $(READY)
	$(BIN)/python -m pip install --quiet --group slow --group lint
	@touch $(READY_ALL)

demo: $(READY) ## Simulate a season, load it, compute every table and look at the result
	$(BIN)/backcourt demo

test: $(READY) ## Run the core tests (under 3 minutes)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow"

test-all: $(READY_ALL) ## Run the slow and heavy tests too (Google's analyzer, real seasons)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "slow"

lint: $(READY_ALL) ## Check style, format and the order of the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(READY_ALL) ## Check the types
	$(BIN)/mypy

check: lint types test test-all ## Everything that decides whether a change lands

bench: $(READY) ## Measure against a plain-DuckDB floor on real seasons
	$(BIN)/python benchmarks/bench.py

format: $(READY_ALL) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and what the demo wrote
	rm -rf $(VENV) demo
