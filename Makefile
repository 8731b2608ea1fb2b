# The commands of this project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run setup test lint format types bench pictures faults lock clean

# the first Python that is new enough; PYTHON=… chooses another
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SETUP = @test -n "$(PYTHON)" || { \
	echo "需要 Python 3.11 或更新的版本。输入：apt-get install -y python3 python3-venv"; \
	echo "Python 3.11 or newer is needed. Type: apt-get install -y python3 python3-venv"; exit 1; }; \
	$(PYTHON) -m portal.serving.setup
COVERED = portal tasks tests
# each worker has a PostgreSQL, a portal and a browser of its own: more than four is more waiting than work
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); [ "$$n" -gt 4 ] && echo 4 || echo "$$n")

help: ## this list
	@echo "make …"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: ## everything: libraries, database, demonstration data, then the portal; Ctrl-C stops it
	$(SETUP) run && exec $(BIN)/python -m portal serve --end-with-parent

setup: ## only what `run` needs before it starts
	$(SETUP) run

test: ## from nothing to all tests; ARGS="-k board" chooses, WORKERS=1 runs one after another
	$(SETUP) test && exec $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: ## style and mistakes (ruff)
	$(SETUP) test && $(BIN)/python -m ruff check . && $(BIN)/python -m ruff format --check .

format: ## puts the code into its form (ruff)
	$(SETUP) test && $(BIN)/python -m ruff check --fix . ; $(BIN)/python -m ruff format .

types: ## types, strictly (mypy)
	$(SETUP) test && $(BIN)/python -m mypy

bench: ## measures against floors taken in the same run; see docs/performance.md
	$(SETUP) test && exec $(BIN)/python -m tests.bench $(ARGS)

pictures: ## the pictures of the README, from the real screens
	$(SETUP) test && exec $(BIN)/python -m tests.pictures $(ARGS)

faults: ## kills, floods and full disks in full dose (minutes)
	$(SETUP) test && exec $(BIN)/python -m pytest -m "faults or not faults" tests/faults tests/backup \
		tests/duty/test_three_years.py tests/duty/test_equal_models.py tests/duty/test_feed_khal.py tests/letters \
		tests/house/test_matrix.py $(ARGS)

lock: ## after a change of dependencies in pyproject.toml: writes both lock files (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt

clean: ## removes what was made here, but never the data folder
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find portal tasks tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +
