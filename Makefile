# On a fresh machine with Python 3.11 or newer and make, each target is the only command needed.

PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$name -c "import sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 && \
	echo $$name && break; done)
BIN := .venv/bin
# tools/install.py touches them: what the bot and the demo need to run, and what development needs as well.
INSTALLED := .venv/.installed
DEVELOPED := .venv/.developed
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

# Without bytecode every start compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-all setup lint bench picture lock outdated clean

help:
	@echo "make demo     try the bot here, without Slack"
	@echo "make test     run the tests, in less than three minutes on two cores"
	@echo "make test-all run them with the exhaustive ones, as CI does"
	@echo "make lint     check style, types and imports"
	@echo "make bench    measure speed and memory"
	@echo "make picture  renew the README's picture of the page (needs Chromium)"
	@echo "make lock     renew requirements.lock from both pyproject.toml"
	@echo "make outdated say which locked packages have a newer version"

demo: setup
	@$(BIN)/peo-aso demo

test: $(DEVELOPED)
	@$(PYTEST) -m "not exhaustive"

test-all: $(DEVELOPED)
	@$(PYTEST)

setup: $(INSTALLED)
	@:

$(INSTALLED): INSTALL := runtime
$(DEVELOPED): INSTALL := development
$(INSTALLED) $(DEVELOPED): pyproject.toml localslack/pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Install it, or run: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) tools/install.py $(INSTALL)

lint: $(DEVELOPED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(DEVELOPED)
	@$(BIN)/python -m tools.bench

picture: $(DEVELOPED)
	@$(BIN)/python -m tools.picture

lock: $(DEVELOPED)
	@PATH="$(BIN):$$PATH" tools/lock $(UPGRADE)

outdated: $(DEVELOPED)
	@PATH="$(BIN):$$PATH" tools/outdated

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
