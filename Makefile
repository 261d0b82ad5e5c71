# What one types here. Each target first brings .venv in step with the locks if they changed.

BIN := .venv/bin
PYTEST := $(BIN)/pytest
SETUP := tools/setup .python-version pyproject.toml emulator/pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-app test-emulator e2e screenshots bench bench-lists bench-products bench-corrections simulate \
	check quick fix format \
	lint types imports templates tidy locks reference lock upgrade

help: ## Say what there is
	@awk -F ' *## *' '/^[a-z0-9-]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-18s %s\n", $$1, $$2 }' Makefile

setup: .venv/.dev-installed ## Make .venv with everything for development

demo: .venv/.runtime-installed ## Start all of it on this machine; OPTIONS="--items 5000" are passed on
	@$(BIN)/partsemble demo $(OPTIONS)

.venv/.runtime-installed: requirements.lock $(SETUP)
	@tools/setup runtime

.venv/.dev-installed: requirements-dev.lock $(SETUP)
	@tools/setup dev


## Tests. With PARTSEMBLE_TEST_DATABASE_URL they run on that PostgreSQL: tools/postgres run -- make test

test: test-app test-emulator ## Run all tests but the journeys in a browser

test-app: setup ## Run those of the application
	$(PYTEST) --numprocesses auto --ignore tests/e2e

test-emulator: setup ## Run those of the emulator
	cd emulator && ../$(PYTEST)

e2e: setup ## Run the browser tests; they need Chromium
	$(PYTEST) tests/e2e

screenshots: setup ## Run the browser tests and keep their pictures in docs/screenshots
	$(PYTEST) tests/e2e --screenshots docs/screenshots

bench-lists: setup ## Time pages of large lists; OPTIONS="--rows 1000,100000,1000000"
	$(BIN)/python benchmarks/lists.py $(OPTIONS)

bench: setup ## Time syncs beside clients that only download; OPTIONS="--items 10000" are passed on
	$(BIN)/python benchmarks/item_sync.py $(OPTIONS)

bench-products: setup ## Time products that come in: of items, and from a workbook
	$(BIN)/python benchmarks/products_in.py $(OPTIONS)

bench-corrections: setup ## Time quantities that a sync brings in step with the books
	$(BIN)/python benchmarks/corrections.py $(OPTIONS)

HISTORIES := tests/simulation/test_histories.py $(if $(SEEDS),--seeds $(SEEDS)) \
	$(if $(FIRST),--first-seed $(FIRST)) $(if $(ONE),--one-seed $(ONE))
STOCKS := tests/simulation/test_stock_histories.py --seeds $(STOCK) \
	$(if $(FIRST),--first-seed $(FIRST)) $(if $(ONE),--one-seed $(ONE))
PROCESSES := tests/simulation/test_kills.py tests/simulation/test_file_kills.py \
	tests/simulation/test_fights.py \
	tests/simulation/test_drift.py $(if $(DRIFTS),--drifts $(DRIFTS)) \
	$(if $(KILLS),--kills $(KILLS)) $(if $(PAUSES),--pauses $(PAUSES)) \
	$(if $(EXPIRIES),--expiries $(EXPIRIES))
ADJUSTING := tests/simulation/test_adjusters.py --adjusters $(ADJUSTERS) \
	$(if $(ADJUSTMENTS),--adjustments $(ADJUSTMENTS))

simulate: setup ## Play seeded histories: SEEDS=2000 FIRST=1, or ONE=17; of stock beside books: STOCK=200; many who adjust at once: ADJUSTERS=32 ADJUSTMENTS=200; or kill processes: KILLS=200 PAUSES=50 EXPIRIES=1000 DRIFTS=100
	$(PYTEST) --numprocesses $(if $(ONE),0,2) --show-capture no -o faulthandler_timeout=0 \
		$(if $(STOCK),$(STOCKS),$(if $(ADJUSTERS),$(ADJUSTING),\
		$(if $(KILLS)$(PAUSES)$(EXPIRIES)$(DRIFTS),$(PROCESSES),$(HISTORIES))))


## Checks

check: format lint types imports templates tidy locks ## Run every check that is not a test

quick: setup ## Run what takes seconds: format, lint, import contracts, pure tests
	@$(BIN)/ruff format --quiet --check || { echo "Not formatted; run: make fix"; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(MAKE) --silent imports
	@$(BIN)/python tools/write_reference.py --check
	@$(PYTEST) -q -x -k "not when_violated" $(wildcard tests/unit) tests/architecture

fix: setup ## Format, and repair what can be repaired
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

format: setup
	$(BIN)/ruff format --check

lint: setup
	$(BIN)/ruff check
	$(BIN)/deptry src

types: setup
	$(BIN)/mypy
	cd emulator && ../$(BIN)/mypy

imports: setup
	@contracts=$$($(BIN)/lint-imports --no-cache) || { echo "$$contracts"; exit 1; }

templates: setup
	$(BIN)/djlint --quiet --lint src

tidy: setup
	$(PYTEST) -q tests/architecture
	$(BIN)/python tools/write_reference.py --check

reference: setup ## Write the generated pages of docs/reference anew
	$(BIN)/python tools/write_reference.py


## Locks

lock: setup ## Write the locks anew after a change of dependencies; what fits stays
	tools/lock

upgrade: setup ## Take the newest of every dependency
	tools/lock --upgrade

locks: setup
	tools/lock --check
