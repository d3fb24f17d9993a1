# Everything on a machine with Python 3.11, its pip and venv, git and make.
PYTHON ?= python3
PROCESSES ?= 3  # most tests wait for limits of time, not for the processor; each takes the next test
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test check install lock clean

demo: $(VENV)/.installed  ## set up, and ask the demo corpus
	@$(BIN)/clipdesk repl --demo

test: $(VENV)/.installed-dev check  ## set up, and pass the tests
	NO_CLUSTER=$(NO_CLUSTER) $(BIN)/pytest --numprocesses $(PROCESSES) --dist loadgroup --cov --cov-report=term

# The tests of the remote engine start a cluster, which takes both; they are skipped without.
NO_CLUSTER := $(shell command -v java >/dev/null && command -v mvn >/dev/null && echo none || echo '"*"')

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

install: $(VENV)/.installed  ## set up only

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Clipdesk needs Python 3.11 or newer; say which: make PYTHON=python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The lock names every package, so pip need not look for more: left to resolve, pip 23
# takes a newer one for "coverage[toml]" than is pinned, and then refuses it for its hash.
PIN := install --quiet --disable-pip-version-check --require-hashes --no-deps

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/pip $(PIN) -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip $(PIN) -r requirements-dev.lock
	@touch $@

lock:  ## pin anew what pyproject.toml asks for
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check uv
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --output-file requirements.lock pyproject.toml
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --extra dev --output-file requirements-dev.lock pyproject.toml
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock build dist *.egg-info
