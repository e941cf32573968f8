# mourour. `make` alone lists what can be made. Another interpreter: make PYTHON=python3.12 demo

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More than cores: many tests of cabinets and the daemon mostly wait.
WORKERS ?= 3
PYTEST_ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

SAFETY_OF_CABINETS := $(addprefix tests/simulation/cabinet/test_,clockwork.py clockwork_properties.py misconfigured_cabinet.py \
                        closed_loop_by_chance.py)
PACKAGES := signal_drivers detectors controller simulation scenarios

# pip is kept quiet but not mute: one dot for each package looked at, its own words only when it fails.
define pip_install
	@printf 'Installing %s ' $(1); \
	{ $(BIN)/python -m pip install --progress-bar off -c constraints.txt -e $(1) 2>$(VENV)/pip-errors.log; \
	  echo $$? >$(VENV)/pip-status; } | \
	while read -r word rest; do \
	  case "$$word" in Collecting|Downloading) printf '.';; esac; \
	  case "$$rest" in 'collected packages'*) printf ' unpacking';; esac; done; \
	if [ "$$(cat $(VENV)/pip-status)" -eq 0 ]; then echo ' done'; \
	else echo ' failed'; cat $(VENV)/pip-errors.log >&2; exit 1; fi
endef

.PHONY: help demo test safety mutants millions lint clean distclean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/base.stamp ## Simulate a Casablanca corridor, adaptive against fixed-time; report in out/demo
	$(BIN)/mourour demo --out out/demo

test: $(VENV)/all.stamp ## Install everything and run the whole test suite
	$(BIN)/python -m tests.warm
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

safety: $(VENV)/all.stamp ## Tests of guard and head monitor alone, which must cover every branch
	$(BIN)/python -m pytest -q tests/signal_drivers $(SAFETY_OF_CABINETS) --cov=signal_drivers.guard --cov=signal_drivers.monitor \
	  --cov-branch --cov-report=term-missing --cov-fail-under=100

mutants: $(VENV)/all.stamp ## Break guard, head monitor and limits in every small way: does a test notice? (10 minutes)
	$(BIN)/python -m tests.mutation --jobs 2

millions: $(VENV)/all.stamp ## Guard and cabinet over millions of random cases; MOUROUR_SEED=7 draws others (5 minutes)
	MOUROUR_CASES=$${MOUROUR_CASES:-3000000} MOUROUR_STEPS=$${MOUROUR_STEPS:-1000000} $(BIN)/python -m pytest -q -s \
	  tests/signal_drivers/test_guard_by_chance.py tests/simulation/cabinet/test_closed_loop_by_chance.py

lint: $(VENV)/all.stamp ## Style, types and the layer rule
	$(BIN)/ruff check $(PACKAGES) tests
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## Remove reports, caches and build leftovers
	rm -rf out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## Remove the virtual environment as well
	rm -rf $(VENV)

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo '$(PYTHON) was not found: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$$($(PYTHON) --version) is too old: mourour needs 3.11 or newer (make PYTHON=python3.12)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo '$(PYTHON) cannot make virtual environments (on Debian or Ubuntu: apt install python3-venv)'; exit 1; }
	@echo 'Making $(VENV)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/base.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(call pip_install,'.')
	@touch $@

$(VENV)/all.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(call pip_install,'.[all]')
	@touch $(VENV)/base.stamp $@
