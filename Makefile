# Gatusyn's jobs. Python 3.11 is all that must be there; the rest is fetched into .venv.
PYTHON ?= python3.11
BIN := .venv/bin
SOURCES_WEB := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench serve docs words web browser train clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.ready: requirements/dev.txt pyproject.toml build_web.py
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

src/gatusyn/serve/static/manifest.json: .venv/.ready $(SOURCES_WEB)
	$(BIN)/python build_web.py

web: src/gatusyn/serve/static/manifest.json ## Build the pages' scripts (Vite, Node from the Python package)

demo: .venv/.ready web ## Lay out, drive, inspect and grade a made-up town
	$(BIN)/gatusyn demo --no-serve --folder build/demo --json build/demo.json
	@echo "See it on the map: make serve"

serve: .venv/.ready web ## Open the demo town on the map (http://127.0.0.1:8600)
	@test -f build/demo/city/gatusyn.toml || $(MAKE) demo
	$(BIN)/gatusyn serve build/demo/city

test: .venv/.ready web ## Run the tests (those in a browser: make browser)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -m "not e2e" -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

check: .venv/.ready ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: .venv/.ready web ## Drive the map in headless Chromium (must run: no skips)
	GATUSYN_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -m e2e tests/e2e

bench: .venv/.ready ## Frames per second, the demo's score, the map of a large town under load (10 minutes), as JSON under build/
	$(BIN)/python benchmarks/stages.py --json build/stages.json
	$(BIN)/gatusyn demo --no-serve --folder build/bench --seed 7 --json build/bench.json
	$(BIN)/gatusyn bench serve --viewers 100 --seconds 600 --ingest-every 60 --json build/serve.json

docs: .venv/.ready ## Write the page of settings from the code, and list the documentation
	$(BIN)/python docs/write_settings_page.py
	@ls docs/*.md docs/*/*.md

words: .venv/.ready ## Bring the lists of words to translate up to the pages
	$(BIN)/python update_words.py

clean: ## Remove what make has built
	rm -rf .venv build dist web/node_modules src/gatusyn/serve/static
