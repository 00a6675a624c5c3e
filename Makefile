# On a fresh machine with Python 3.11 or newer and make, each target is the only command needed.

PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$name -c "import sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 && \
	echo $$name && break; done)
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help demo test setup lint bench picture lock outdated clean

help:
	@echo "make demo    try the bot here, without Slack"
	@echo "make test    run the tests"
	@echo "make lint    check style, types and imports"
	@echo "make bench   measure speed and memory"
	@echo "make picture renew the README's picture of the page (needs Chromium)"
	@echo "make outdated  say which locked packages have a newer version (needs uv)"
	@echo "make lock    renew requirements.lock from pyproject.toml (needs uv)"

demo: setup
	@$(BIN)/peo-aso demo

test: setup
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Install it, or run: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked dependencies into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/peo-aso ask --json help >/dev/null  # fits the knowledge once, so that the next start is quick
	@touch $@

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: setup
	@$(BIN)/python -m tools.bench

picture: setup
	@$(BIN)/python -m tools.picture

lock:
	@tools/lock $(UPGRADE)

outdated:
	@tools/outdated

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
