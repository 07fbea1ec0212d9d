# Short names for the commands that CONTRIBUTING.md explains. Run them inside a virtual environment.
PYTHON ?= python
KILLS ?= 1000
FLIPS ?= 10000
FAULTS ?= writes
COVERAGE ?= all

.PHONY: check test coverage portable run drill lock wheels bench slow

check:
	ruff check .
	ruff format --check .
	scripts/check_types.sh
	lint-imports --no-cache

test:
	pytest

# What needs neither POSIX nor anybody's program, with both taken away: as on Windows.
portable:
	CI=true pytest -m portable

# Branches that ran, held against the limits of the rooms; all long tests with it.
coverage:
	ESAFETY_LONG=$(COVERAGE) pytest -q --cov --cov-report=json:build/coverage.json --cov-report=
	$(PYTHON) scripts/check_coverage.py build/coverage.json

run:
	$(PYTHON) -m esafety_tui.cli practice

drill:
	$(PYTHON) -m esafety_tui.cli drill

lock:
	scripts/lock.sh

wheels:
	$(PYTHON) scripts/check_wheels.py

# Prints ratios beside the peers it finds; never fails because something is slow.
bench:
	$(PYTHON) -m bench

# Longer loops of what the tests do; writes docs/slow.log.
slow:
	ESAFETY_KILLS=$(KILLS) ESAFETY_FLIPS=$(FLIPS) ESAFETY_FAULTS=$(FAULTS) PYTHON=$(PYTHON) scripts/slow.sh
