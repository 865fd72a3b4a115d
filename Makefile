# make quickstart    install into .venv, train three arms of the microcosm, audit them, write the report
# make test          install into .venv, run every check that CI runs
# Both install bubblewrap where they run as root with apt; otherwise they say which command does.

PYTHON ?= python3.12
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: quickstart test rest install lint types unit controls examples held-out benchmarks kill-study slow constraints clean

quickstart: install
	@$(BIN)/assay quickstart

# The unit tests wait as often as they compute, and the rest is one process after the other: both
# at the same time keep two cores busy.
test: install
	@$(MAKE) --no-print-directory -j 2 --output-sync=line unit rest

rest: lint types controls examples

install: $(VENV)/.installed
	@scripts/need-bubblewrap

$(VENV)/.installed: pyproject.toml constraints.txt scripts/install
	@scripts/install $(VENV) $(PYTHON)
	@touch $@

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

unit: install
	$(BIN)/pytest -n 3 --dist loadscope  # a module's fixtures are made once

controls: install
	$(BIN)/assay scenarios check --no-held-out

held-out: install   ## controls whose authors never saw the grader: how many agree, no check
	$(BIN)/assay scenarios check research_sabotage

examples: install
	@for example in examples/*.py; do echo "== $$example"; $(BIN)/python $$example || exit 1; done

benchmarks: install
	$(BIN)/python benchmarks/coverage.py
	$(BIN)/python benchmarks/audit_overhead.py
	$(BIN)/python benchmarks/execution.py
	$(BIN)/python benchmarks/documents_step.py
	$(BIN)/python benchmarks/petri_tokens.py

kill-study: install   ## a real study, killed at ten random moments, comes to the same numbers
	$(BIN)/pytest -m slow -s tests/study/test_kill_study.py

constraints:   ## compile versions (and no addresses) from pyproject.toml
	@scripts/compile-constraints

slow: install   ## what takes minutes: runs that are killed and go on, a study's too, a node that dies
	$(BIN)/pytest -m slow -s

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
