# Everything a person runs. Each target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup brief test test-all check format bench docs clean

help:
	@echo "make brief      set up, fit the embedded case, write out/northeast-asia/brief.html"
	@echo "make test       set up, run the tests"
	@echo "make test-all   the slow ones too"
	@echo "make check      style and types"
	@echo "make bench      the benchmarks"
	@echo "make docs       write the generated pages of the documentation"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Lynchpin needs Python 3.11 or newer, and {sys.executable} is {v[0]}.{v[1]}. Name another: make setup PYTHON=python3.12")'
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "$(PYTHON) has no venv module: install it (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

brief: setup
	$(BIN)/lynchpin brief northeast-asia

test: setup
	$(BIN)/python -m pytest

test-all: setup
	$(BIN)/python -m pytest -m "slow or not slow"

check: setup
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format src tests benchmarks docs
	$(BIN)/ruff check --fix src tests benchmarks docs

bench: setup
	$(BIN)/python -m pytest benchmarks --benchmark-only -m "slow or not slow"

docs: setup
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) out build .pytest_cache .mypy_cache .ruff_cache
