# Two commands for a newcomer: `make demo` and `make test`. Each makes what it needs; only Python, git and make are expected.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench growth docs clean

demo: $(STAMP)
	@$(PYTHON) tools/demo.py $(BIN)/cilint

# Tests ask the peers where they are on the PATH.
test: $(STAMP)-test lint
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n auto

lint: $(STAMP)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/rule_docs.py --check
	$(BIN)/cilint check

bench: $(STAMP)-bench
	$(BIN)/python bench/run.py

growth: $(STAMP)-bench
	$(BIN)/python bench/growth.py

docs: $(STAMP)
	$(BIN)/python tools/rule_docs.py

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	$(BIN)/python -m compileall -q cilint
	@touch $@

$(STAMP)-test: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

$(STAMP)-bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
