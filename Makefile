# Two commands: `make demo` (environment, then the whole chain) and `make test`.
#
#   make demo       simulate, validate, fit, diagnose, estimate, compare, chart, report -> demo/
#   make test       linter, formatter, types, layer order, tests but the slow ones: every push
#   make test-slow  the tests marked slow, minutes
#   make lint       the first four of `make test`
#   make docs       the documentation site, its tutorials run -> docs/_build/html/index.html (minutes)
#   make bench      speed and scale, measured -> benchmarks/results/ (an hour)
#   make validate   calibration, coverage, error rates -> validation/results/ (six hours, resumable)
#   make env        the environment alone, in .venv
#   make lock       resolve requirements/*.txt again (make lock UPGRADE=--upgrade for newer ones)
#   make gallery    pictures of a folder of results (make gallery RESULTS=demo PICTURES=gallery)
#   make messages   the template of all words for readers, and the catalogues, by the source
#   make clean      remove the environment and everything that was made
#
# Another interpreter or place: make test PYTHON=python3.12 VENV=.venv-3.12

VENV ?= .venv
# Tried in this order; 3.12 and 3.13 are tested, 3.14 is resolved only.
PYTHON ?= python3.13 python3.12 python3.14 python3
BIN := $(VENV)/bin
UV := $(BIN)/python -m uv
# Bytecode is compiled at installation, because a machine may forbid writing it later.
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
IN_RANGE := import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14))

VALIDATE_MINUTES ?= 180

# Pages are tested in a browser where there is one.
CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))
WITHOUT_BROWSER := $(if $(CHROMIUM),, and not browser)

RESULTS ?= demo
PICTURES ?= gallery

.PHONY: demo test test-slow lint docs bench validate gallery env dev lock messages clean
.DELETE_ON_ERROR:

demo: env
	$(BIN)/cips demo --out demo

test: lint
	@$(if $(CHROMIUM),,echo "No Chromium found: tests of pages in a browser are left out." >&2)
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -m "not slow$(WITHOUT_BROWSER)"

test-slow: dev
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -m "slow$(WITHOUT_BROWSER)"

# Everything is made anew: what a tutorial shows was computed by this very code.
docs: $(VENV)/.docs-stamp
	rm -rf docs/_build docs/reference/_api
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	$(BIN)/python -m pytest docs/checks

bench: dev
	$(BIN)/python -m benchmarks.gradient
	$(BIN)/python -m benchmarks.complete
	$(BIN)/python -m benchmarks.approximate
	$(BIN)/python -m benchmarks.explicit
	$(BIN)/python -m benchmarks.calibration

# Half of the time each, and an hour for the last; what is done already is not done again.
validate: dev
	$(BIN)/python -m validation.calibration --minutes $(VALIDATE_MINUTES)
	$(BIN)/python -m validation.coverage --minutes $(VALIDATE_MINUTES)
	$(BIN)/python -m validation.selection

gallery: env
	for script in docs/gallery/[0-9]*.py; do \
	  $(BIN)/python $$script $(RESULTS) $(PICTURES) || exit 1; done

lint: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

env: $(VENV)/.run-stamp
dev: $(VENV)/.dev-stamp

# An environment with the installer and the build backend, both pinned.
$(VENV)/.build-stamp: requirements/build.txt
	@$(BIN)/python -c '$(IN_RANGE)' 2>/dev/null || { \
	  for candidate in $(PYTHON); do \
	    if $$candidate -c '$(IN_RANGE)' 2>/dev/null; then found=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "cips-models needs Python 3.12, 3.13 or 3.14, and none of these is one: $(PYTHON)." >&2; \
	    exit 1; \
	  fi; \
	  echo "$$found -m venv $(VENV)"; $$found -m venv --clear $(VENV); \
	}
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The package itself is editable; nothing unpinned is fetched to install it.
$(VENV)/.run-stamp: requirements/run.txt pyproject.toml $(VENV)/.build-stamp
	$(INSTALL) --compile-bytecode --require-hashes -r $<
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-stamp: requirements/dev.txt $(VENV)/.run-stamp
	$(INSTALL) --compile-bytecode --require-hashes -r $<
	@touch $@

$(VENV)/.docs-stamp: requirements/docs.txt $(VENV)/.dev-stamp
	$(INSTALL) --compile-bytecode --require-hashes -r $<
	@touch $@

# One resolution for every platform and Python in range; hashes, and no registry named.  The
# environment has the optional packages of the package's own steps.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--no-header $(UPGRADE)

lock: $(VENV)/.build-stamp
	$(COMPILE) pyproject.toml --extra bootstrap --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --extra bootstrap --extra dev --constraints requirements/run.txt \
	  --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra bootstrap --extra docs --constraints requirements/dev.txt \
	  --output-file requirements/docs.txt
	$(COMPILE) requirements/build.in --constraints requirements/dev.txt \
	  --output-file requirements/build.txt

# The template, and by it the catalogue of every language: what is new in it is empty there.
LOCALE := src/cips_models/locale
TEMPLATE := $(LOCALE)/cips_models.pot
messages: dev
	$(BIN)/pybabel --quiet extract -F $(LOCALE)/babel.cfg -k N_ -k NC_:1c,2 -k Column:3 \
	  --project cips-models --sort-output --no-location --omit-header -o $(TEMPLATE) \
	  src/cips_models models
	$(BIN)/python $(LOCALE)/update.py

clean:
	rm -rf $(VENV) demo build dist docs/_build docs/reference/_api .pytest_cache .mypy_cache \
	  .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
