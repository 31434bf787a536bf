# Everything a newcomer runs. `make` alone explains the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Where it is set every process compiles every module anew: servers start, and tests run, in twice the time.
unexport PYTHONDONTWRITEBYTECODE

# A release that is minutes old can be locked and yet not be installable everywhere: lock what was out on this day.
LOCK_DATE := 2026-11-14
LOCK := $(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url --all-extras --exclude-newer $(LOCK_DATE)
TYPESCRIPT := sdk/typescript
DISTRIBUTIONS := pyproject.toml sdk/python/pyproject.toml

##@ Start here

.PHONY: help
help: ## Explain the targets.
	@if [ -t 1 ] && [ -z "$${NO_COLOR:-}" ]; then bold='\033[1m'; name='\033[36m'; plain='\033[0m'; fi; \
	awk -v bold="$${bold:-}" -v name="$${name:-}" -v plain="$${plain:-}" \
	  'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s%s%s\n", bold, substr($$0, 5), plain} \
	  /^[a-z][a-z-]*:.*## / {printf "  %s%-14s%s %s\n", name, $$1, plain, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: setup-runtime $(TYPESCRIPT)/dist/index.js ## Start AION, run real tasks over every transport, show the results, stop it.
	@$(BIN)/python -m scripts.demo

.PHONY: setup
setup: $(VENV)/.dev $(TYPESCRIPT)/dist/index.js ## Make .venv with all that tests, checks and generation need.
	@:

.PHONY: setup-runtime
setup-runtime: $(VENV)/.runtime ## Make .venv with what AION needs to run; a .venv from `make setup` serves too.
	@:

.PHONY: typescript
typescript: setup-runtime $(TYPESCRIPT)/dist/index.js ## Build the TypeScript SDK, so that `npm install ./sdk/typescript` works elsewhere.
	@:

.PHONY: serve
serve: setup-runtime ## Start AION on this machine: loopback only, with a key of its own.
	@$(BIN)/aion dev

##@ Prove

.PHONY: test
test: check pytest ## All gates, then all tests but the slow ones.

.PHONY: pytest
pytest: setup ## The tests without the gates.
	@$(BIN)/python -m pytest -n 2 --durations=10 -m "not slow and not chaos" $(PYTEST_ARGS)

.PHONY: test-full
test-full: check modules-test ## As `test`, with the slow tests, those in a browser among them, the modules' own, and the proof that each .wasm is its source's.
	@scripts/chromium.sh > /dev/null || echo "tests in a browser are skipped"
	@$(BIN)/python -m pytest -n 2 --durations=25 -m "not chaos" $(PYTEST_ARGS)
	@scripts/build_modules.sh --check
	@$(BIN)/python -m tools.module_quality --check

.PHONY: modules-test
modules-test: ## Test the Rust source of the bundled modules: form, lints, quality. Needs Rust.
	@scripts/test_modules.sh

.PHONY: check
check: setup ## The gates: style, types, rings, contract, generated code, migrations, docs.
	@$(BIN)/python -m tools.gates

.PHONY: bench
bench: setup ## Measure AION against a bare gRPC echo, in one run.
	@$(BIN)/python -m benchmarks

.PHONY: bench-growth
bench-growth: setup ## Measure AION with 10^3, 10^5 and 10^6 stored tasks.
	@$(BIN)/python -m benchmarks.growth

.PHONY: bench-peers
bench-peers: setup ## Measure Celery, taskiq and Ray Serve beside AION; installs them apart, in ~/.cache/aion.
	@$(BIN)/python -m benchmarks.peers

.PHONY: soak
soak: setup ## Mixed load for 15 minutes, then a burst, then a noisy tenant; ends with 1 when a promise is not kept, with 2 when one could not be judged.
	@$(BIN)/python -m benchmarks.soak

# Goes on after a failure, not after an interruption (2); 5 says that PYTEST_ARGS chose nothing of that part.
.PHONY: chaos
chaos: setup ## Faults, simulation and bad input, with all the effort there is: hours. AION_EFFORT=short tries it.
	@$(UV) pip install --quiet --no-deps --require-hashes -r requirements/fuzz.txt
	@export AION_EFFORT=$${AION_EFFORT:-long}; many=0; alone=0; \
	$(BIN)/python -m pytest -n 2 --timeout=7200 --durations=25 \
	  tests/chaos tests/simulation tests/fuzz tests/parsers $(PYTEST_ARGS) || many=$$?; \
	test $$many != 2; \
	echo "chaos: the attacks, with nothing beside them: they judge how long others wait"; \
	$(BIN)/python -m pytest -n 0 --timeout=7200 --durations=25 tests/abuse $(PYTEST_ARGS) || alone=$$?; \
	case "$$many $$alone" in ("0 0" | "0 5" | "5 0") ;; (*) exit 1 ;; esac

.PHONY: plant
plant: setup ## Plant known bugs one by one and see each caught by the test that is named for it. PLANT_ARGS="name"
	@$(BIN)/python -m tools.plants $(PLANT_ARGS)

.PHONY: mutation
mutation: setup ## Change domain, pipeline and store in small ways and count what the tests notice. MUTATION_ARGS=--all
	@$(BIN)/python -m tools.mutation $(MUTATION_ARGS)

.PHONY: flakes
flakes: setup ## Run the tests twenty times and count those that do not always pass: hours; goes on where it was interrupted.
	@$(BIN)/python -m tools.flakes

.PHONY: quality
quality: setup ## Measure the bundled modules and write the table of README.md. Needs Rust.
	@scripts/rust_lock.sh
	@$(BIN)/python -m tools.module_quality

.PHONY: docs
docs: setup ## Build the documentation site into build/site, without a network.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "docs: build/site/index.html"

##@ Change

.PHONY: generate
generate: setup ## Write what is generated: server messages, OpenAPI, SDK messages, the SDK's sync face.
	@$(BIN)/python -m tools.generate

.PHONY: format
format: setup ## Put code and contract into their one form.
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/buf format proto --write
	@$(BIN)/python -m tools.node biome check --write --log-level=warn .

.PHONY: modules
modules: ## Build the bundled WASM modules from their Rust source.
	@scripts/build_modules.sh

.PHONY: lock
lock: $(VENV)/.uv ## Choose anew the exact versions in requirements/*.txt.
	@echo "lock: what was released before $(LOCK_DATE)"
	@$(LOCK:--all-extras=) requirements/bootstrap.in -o requirements/bootstrap.txt
	@$(LOCK) $(DISTRIBUTIONS) requirements/build.in requirements/demo.in -o requirements/runtime.txt
	@$(LOCK) $(DISTRIBUTIONS) requirements/build.in requirements/demo.in requirements/dev.in -o requirements/dev.txt
	@$(LOCK:--all-extras=) requirements/fuzz.in -o requirements/fuzz.txt
	@$(LOCK:--all-extras=) requirements/peers.in -o requirements/peers.txt

.PHONY: clean
clean: ## Remove what can be made again, .venv too.
	@rm -rf $(TYPESCRIPT)/node_modules $(TYPESCRIPT)/dist
	@rm -rf $(VENV) _dev third_party build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the virtual environment -----------------------------------------------------------------------------------------
# Each step leaves a stamp that is older than what it was made from, so a second run has nothing to do.

$(VENV)/.uv: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit("AION needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "setup: a virtual environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setup: the installer (uv, by hash)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

define install
	@echo "setup: $(1) packages by hash; the first time this downloads for a while"
	@$(UV) pip sync --require-hashes requirements/$(1).txt
	@echo "setup: AION and its SDK, as they stand here"
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable . --editable sdk/python
endef

$(VENV)/.dev: $(VENV)/.uv requirements/dev.txt $(DISTRIBUTIONS) hatch_build.py
	$(call install,dev)
	@touch $(VENV)/.runtime $@

# Node itself is one of the Python packages; the lock names each package of npm with its hash.
$(TYPESCRIPT)/node_modules/.stamp: $(TYPESCRIPT)/package-lock.json $(TYPESCRIPT)/.npmrc | $(VENV)/.runtime
	@echo "setup: packages of the TypeScript SDK by hash"
	@$(BIN)/python -m tools.node npm ci --loglevel=error
	@touch $@

# What the package of the TypeScript SDK holds.
$(TYPESCRIPT)/dist/index.js: $(TYPESCRIPT)/node_modules/.stamp $(shell find $(TYPESCRIPT)/src $(TYPESCRIPT)/*.json)
	@echo "setup: the TypeScript SDK, built"
	@$(BIN)/python -m tools.node npm run --silent build

# What `make setup` made holds everything that this would install.
$(VENV)/.runtime: $(VENV)/.uv requirements/runtime.txt $(DISTRIBUTIONS) hatch_build.py
	@if test -e $(VENV)/.dev; then $(MAKE) --no-print-directory $(VENV)/.dev; else :; fi
	@if test ! -e $(VENV)/.dev; then $(MAKE) --no-print-directory install-runtime; fi
	@touch $@

.PHONY: install-runtime
install-runtime:
	$(call install,runtime)
