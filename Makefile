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

# pip of the machine fills the environment, so python3 and pip are all it needs (Debian's venv alone lacks ensurepip).
$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON) here: install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v >= (3, 11) else "Lynchpin needs Python 3.11 or newer, and %s is %d.%d. Name another: make setup PYTHON=python3.12" % ((sys.executable,) + v))'
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "$(PYTHON) has no pip: install it (Debian: apt-get install python3-pip)"; exit 1; }
	$(PYTHON) -m venv --clear --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

brief: setup
	$(BIN)/lynchpin brief northeast-asia

test: setup
	$(BIN)/python -m pytest

test-all: setup
	$(BIN)/python -m pytest -m "slow or not slow"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m pytest benchmarks -m "slow or not slow" --benchmark-columns=min,median,rounds --benchmark-sort=fullname -W ignore

docs: setup
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) out build .pytest_cache .mypy_cache .ruff_cache
