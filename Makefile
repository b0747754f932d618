# Every target does its own set-up on a machine that has only Python 3.11, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-postgres test-spark lint check benchmark-truth benchmark-speed lock clean

help:  ## say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# The marker is written last, so that an interrupted installation is begun again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "icpfit needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(READY)

demo: $(READY)  ## a made-up company's exports in data/demo, then every job on them
	$(BIN)/icpfit demo

# A file's tests stay in one process, so that a company is trained once for all of them.
WORKERS ?= 2
test: $(READY)  ## the whole test suite, doctests included
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

# What the extras icpfit[postgres] and icpfit[spark] add, for the two targets below.
EXTRAS := $(VENV)/extras-ready
$(EXTRAS): requirements-extras.lock $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps \
	    --require-hashes -r requirements-extras.lock
	@touch $(EXTRAS)

test-postgres: $(EXTRAS)  ## the tests against a real PostgreSQL server (its binaries must be installed)
	ICPFIT_POSTGRES=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/postgres

test-spark: $(EXTRAS)  ## the tests on a real Spark cluster on this machine (Java 17 must be installed)
	ICPFIT_SPARK=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/spark

test-fast: $(READY)  ## the tests that neither train models nor run whole commands
	$(BIN)/python -m pytest -m "not slow"

lint: $(READY)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## what a change must pass: lint, then the whole suite

# One thread for each process, and as many processes as there are cores, two at most.
SEEDS ?= 4
SIZES ?= 300,1000,3000
PARTS ?= nearness,shuffled,coverage,promotion,segments
benchmark-truth: $(READY)  ## targets beside what is reached where the truth is known; SEEDS= SIZES= PARTS=
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r benchmarks/requirements.txt
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 nice -n 5 $(BIN)/python -m benchmarks.truth \
	    --seeds $(SEEDS) --sizes $(SIZES) --parts $(PARTS)

MODELS ?= 100x31,300x31,1000x31
ROWS ?= 10000,100000,1000000,10000000
SLOW_ROWS ?= 10000,100000
EXPLAINED_ROWS ?= 1000000
EXPLAINED_SLOW_ROWS ?= 10000
PRODUCT_ROWS ?= 100000,1000000
LEDGER_ROWS ?= 10000000
ACCOUNTS ?= 1000000
CHECKED_ROWS ?= 5000000
SHAPASH := .venv-shapash
# shapash has an environment of its own: icpfit never uses it, and it brings 20 packages of its own.
$(SHAPASH)/ready: benchmarks/requirements-shapash.txt
	$(PYTHON) -m venv $(SHAPASH)
	$(SHAPASH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r benchmarks/requirements-shapash.txt
	@touch $@

ONE_THREAD := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive
benchmark-speed: $(READY)  ## CPU of SHAP values, lists, the whole product, ledgers, start-up; MODELS= ROWS= SLOW_ROWS=
	@$(MAKE) --no-print-directory $(SHAPASH)/ready \
	    || echo "shapash could not be installed (see above): the lists are scored without its side" >&2
	$(ONE_THREAD) $(BIN)/python -m benchmarks.speed \
	    --models $(MODELS) --rows $(EXPLAINED_ROWS) --slow-rows $(EXPLAINED_SLOW_ROWS)
	$(ONE_THREAD) $(BIN)/python -m benchmarks.speed_lists --models $(MODELS) --rows $(ROWS) \
	    --slow-rows $(SLOW_ROWS) $$(test -e $(SHAPASH)/ready && echo --shapash $(SHAPASH)/bin/python)
	$(ONE_THREAD) $(BIN)/python -m benchmarks.speed_product --rows $(PRODUCT_ROWS)
	$(ONE_THREAD) $(BIN)/python -m benchmarks.speed_ledgers \
	    --rows $(LEDGER_ROWS) --accounts $(ACCOUNTS) --checked-rows $(CHECKED_ROWS)
	$(ONE_THREAD) $(BIN)/python -m benchmarks.start_up

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command "make lock" --quiet
lock:  ## resolve requirements.lock and requirements-extras.lock anew (needs uv)
	$(LOCK) pyproject.toml --group dev -o requirements.lock
	printf '%s\n' 'psycopg>=3.3,<4' 'psycopg-binary>=3.3,<4' 'pyspark>=4.3,<4.4' py4j \
	        'grpcio>=1.76' 'grpcio-status>=1.76' 'googleapis-common-protos>=1.71' 'zstandard>=0.25' \
	    | $(LOCK) - --no-deps -o requirements-extras.lock

clean:  ## remove the environment and the caches; data/ and mlruns/ stay
	rm -rf $(VENV) $(SHAPASH) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
