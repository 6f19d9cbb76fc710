# Two commands: `make demo` does the main job, `make test` proves it. Both set up what they need.

UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen
export QT_QPA_PLATFORM ?= offscreen

.PHONY: demo test setup check laws kill benchmarks national pictures torture hub clean

demo: setup
	$(RUN) fieldwork demo --to demo

test: setup
	$(RUN) pytest -n 3 --dist loadfile --no-loadscope-reorder

setup:
	@sh packaging/setup.sh

# the style and the types alone, as the suite checks them too
check: setup
	$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy

# long runs: merge laws, planted faults, killing the window (results are kept in tests/scenarios)
laws: setup
	FIELDWORK_LONG=1 $(RUN) pytest tests/scenarios -k "laws or planted" --timeout 3600

# every promise of safety at full length, two at a time (an hour or more); figures go to tests/torture/RESULTS.md
torture: setup
	$(RUN) python -m tests.torture --write --jobs 2

kill: setup
	FIELDWORK_LONG=1 $(RUN) pytest tests/desktop/test_kill.py --timeout 3600

# the hub against a PostgreSQL of its own (`make test` runs these too where PostgreSQL is installed)
hub: setup
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && apt-get install -y -q postgresql; } || \
		{ echo "PostgreSQL 15 or later is missing: install the package postgresql, then run this again."; exit 1; }
	$(RUN) pytest tests/unit/exchange/test_hub.py tests/scenarios/test_hub_commands.py

benchmarks: setup
	$(RUN) python -m tests.benchmarks

# 40 laptops with 4,000,000 changes between them, made and merged: minutes, and some GB of disk
national: setup
	FIELDWORK_LONG=1 $(RUN) python -m tests.benchmarks national

pictures: setup
	$(RUN) python -m tests.desktop.pictures docs/pictures

clean:
	rm -rf demo .uv build dist .pytest_cache .mypy_cache .ruff_cache
