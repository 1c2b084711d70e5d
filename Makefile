# Two commands for a fresh clone: `make grade` and `make test`. Both build .venv first, from pinned requirements.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
IN_PARALLEL := --numprocesses auto --dist worksteal

.PHONY: grade test test-fast test-pythons test-lowest fuzz validate clean

grade: $(VENV)/ready
	$(BIN)/autograder grade examples/class --out results
	@$(BIN)/autograder report results

test: $(VENV)/ready-test
	$(BIN)/pytest $(IN_PARALLEL)

# What takes minutes left out: for the time between two edits.
test-fast: $(VENV)/ready-test
	$(BIN)/pytest $(IN_PARALLEL) -m "not slow"

# The suite on every supported Python that is found, each in an environment of its own; then one class on all of them.
test-pythons:
	@bash tests/pythons.sh $(MAKE)

# The suite with the lowest versions that pyproject.toml promises.
test-lowest:
	python3.11 -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --constraint constraints-lowest.txt --editable '.[test]'
	.venv-lowest/bin/pytest $(IN_PARALLEL)

fuzz: $(VENV)/ready-test
	FUZZ_PROFILE=long $(BIN)/pytest tests/fuzz

validate: $(VENV)/ready
	$(BIN)/autograder validate

$(VENV)/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed; name it: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/ready-test: requirements-test.txt $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	touch $@

clean:
	rm -rf $(VENV) .venv-* results
