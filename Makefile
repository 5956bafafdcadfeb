# `make demo` installs and runs everything on a local demo account; `make test` runs every test, `make check` the quick ones.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
EXTRAS ?= dev
export DAGSTER_HOME ?= $(CURDIR)/.dagster

.PHONY: install lock demo dev test check faults soak mutations fuzz lint types audit docs bench screenshots clean

install: $(VENV)/.installed-$(EXTRAS)

$(VENV)/.installed-%: pyproject.toml setup.cfg requirements/%.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/$*.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

lock: install  # new pins, within what pyproject.toml allows, and the hashes of their files
	$(BIN)/python .ci/lock.py

demo: install
	$(BIN)/pinterest-assets demo

dev: install  # the UI, on the account in .env, or on the demo account when there is no .env
	@if [ -f .env ]; then $(BIN)/pinterest-assets ui; else $(BIN)/pinterest-assets demo --ui; fi

test: install
	$(BIN)/python -m pytest -n 4 --dist loadgroup $(PYTEST)

check: lint types  # what takes little time: lint, types, and the tests of units and of the API
	$(BIN)/python -m pytest -n auto -q $(PYTEST) pinterest_assets_tests/unit pinterest_assets_tests/contract

faults: install  # every fault met by real commands; writes docs/faults.md
	$(BIN)/python -W ignore -m pinterest_assets_tests.faults

soak: install  # 500 runs in a row with random faults
	$(BIN)/python -W ignore -m pinterest_assets_tests.faults.soak

mutations: install  # 10,000 answers with a field, a row or a value changed, over all streams
	PINTEREST_ANY_ANSWER=10000 $(BIN)/python -m pytest -q pinterest_assets_tests/integration/test_any_answer.py

fuzz: install  # 20,000 answers spoiled on the wire; prints seed, ends and memory
	PINTEREST_FUZZ=20000 $(BIN)/python -m pytest -q -s pinterest_assets_tests/integration/test_any_wire.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

audit: install  # known holes in what is pinned; fails, too, where it could look up nothing
	test -x $(VENV)/audit/bin/pip-audit || { $(BIN)/python -m venv $(VENV)/audit && $(VENV)/audit/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements/audit.txt; }
	$(BIN)/python .ci/audit.py $(VENV)/audit/bin/pip-audit $(AUDIT)

docs: install  # the pages that are generated from the catalog
	$(BIN)/python -m docs.generate

screenshots: install  # pictures of the running UI, on the demo account
	$(BIN)/python -m docs.screenshots

bench:
	$(MAKE) install EXTRAS=bench
	$(BIN)/python -m benchmarks.run

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache data/demo
