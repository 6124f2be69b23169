# Every target makes what it needs in its own .venv; the machine must only have
# Python 3.11 or later. PYTHON=... chooses another interpreter.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
CORES ?= 2
OUTPUT ?= demo-output

.PHONY: help demo test test-system lint docs bench wheel setup clean
.DEFAULT_GOAL := help

help:
	@echo "make demo         the main job: made and published cases -> page, JSON and run folder in $(OUTPUT)/"
	@echo "make test         lint, types, layers, tests with doctests, strict docs, wheel in an empty environment"
	@echo "make test-system  the tests that need system programs or more than 30 s"
	@echo "make docs         the documentation, into docs/_build/html"
	@echo "make bench        our times beside the reference libraries, as ratios"
	@echo "make lint         ruff, mypy --strict, import-linter"

# Stamps: an environment is made once, and again when the project file changes.
.venv/.base: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; name it with PYTHON=/path/to/python"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[report]"
	@touch $@

.venv/.develop: .venv/.base
	$(BIN)/python -m pip install --quiet --editable ".[report,notebook]" --group test --group lint --group docs
	@touch $@

.venv/.bench: .venv/.base
	$(BIN)/python -m pip install --quiet --group bench
	@touch $@

setup: .venv/.develop

demo: .venv/.base
	$(BIN)/carboncalc demo -o $(OUTPUT)

lint: .venv/.develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# -v cancels the -q of the project file, so that the closing line says what was run.
test: lint
	$(BIN)/python -m pytest -v -n $(CORES)
	$(MAKE) docs wheel

test-system: .venv/.develop
	.ci/system

docs: .venv/.develop
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "documentation: docs/_build/html/index.html"

wheel: .venv/.develop
	$(BIN)/python tools/check_wheel.py

bench: .venv/.bench
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist docs/_build docs/reference/generated .mypy_cache .ruff_cache .pytest_cache .hypothesis
