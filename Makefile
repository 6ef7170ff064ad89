# Everything a person runs. Each target sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check

.PHONY: help setup brief shell test test-all check format bench docs site lock clean

help:
	@echo "make brief      set up, fit the embedded case, write out/northeast-asia/brief.html"
	@echo "make shell      set up, and a shell with lynchpin on its path; exit leaves it"
	@echo "make test       set up, run the tests; says how long the last run took"
	@echo "make test-all   the slow ones too"
	@echo "make check      style, types and spelling"
	@echo "make bench      the benchmarks"
	@echo "make docs       write the generated pages of the documentation"
	@echo "make site       build the documentation as a site, in out/site; needs no network"
	@echo "make lock       write requirements.lock anew; with UPGRADE=1 take the newest versions"

setup: $(READY)

# pip of the machine fills the environment, so python3 and pip are all it needs (Debian's venv alone lacks ensurepip).
# Only what requirements.lock names is installed, by its hash; then the package itself, which fetches nothing.
$(READY): pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON) here: install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v >= (3, 11) else "Lynchpin needs Python 3.11 or newer, and %s is %d.%d. Name another: make setup PYTHON=python3.12" % ((sys.executable,) + v))'
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "$(PYTHON) has no pip: install it (Debian: apt-get install python3-pip)"; exit 1; }
	$(PYTHON) -m venv --clear --without-pip $(VENV)
	$(PIP) --require-hashes --no-deps --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

brief: setup
	$(BIN)/lynchpin brief northeast-asia

	@echo "for the other commands: . $(BIN)/activate, or make shell"

shell: setup
	@. $(BIN)/activate && exec "$${SHELL:-/bin/sh}"

# A file's tests stay in one process, since they share what its fixtures made. tests/conftest.py says which come first.
test: setup
	@test -f $(VENV)/.took && echo "the last run that passed took $$(cat $(VENV)/.took) s on this machine" || echo "no run has been timed on this machine"
	@begun=$$(date +%s); $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder && echo $$(($$(date +%s) - begun)) > $(VENV)/.took

test-all: setup
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder -m "slow or not slow"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/typos

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m pytest benchmarks -m "slow or not slow" --benchmark-columns=min,median,rounds --benchmark-sort=fullname -W ignore

docs: setup
	$(BIN)/python docs/generate.py

site: setup
	$(BIN)/python docs/build_site.py

# The lock keeps the versions that it has, where they still fit pyproject.toml. It lists the hashes of every file of a
# version, so it serves other machines too; which packages it names is worked out by the oldest Python that we support.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --disable-pip-version-check 'pip-tools>=7.6,<8'
	build/lock/bin/pip-compile --quiet --generate-hashes --extra dev --all-build-deps --allow-unsafe --strip-extras \
	  --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	  $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml
	rm -rf build/lock

clean:
	rm -rf $(VENV) out build .pytest_cache .mypy_cache .ruff_cache
