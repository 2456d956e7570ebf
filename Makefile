# The two commands a newcomer needs are `make run` and `make test`; both set up .venv on their own.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test lint unit soak bench lock clean

run: $(READY)
	$(BIN)/segstudio open sample:

test: lint unit

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: export QT_QPA_PLATFORM = offscreen
unit: export OMP_WAIT_POLICY = PASSIVE
# Two processes of one thread each: most tests are too small for a second thread, and none waits for another.
unit: export OMP_NUM_THREADS = 1
unit: $(READY)
	$(BIN)/python -m pytest -m "not soak and not cuda" -n 2 --dist worksteal --durations=15

soak: export QT_QPA_PLATFORM = offscreen
soak: $(READY)
	$(BIN)/python -m pytest --timeout=3600

bench: export QT_QPA_PLATFORM = offscreen
bench: $(READY)
	$(BIN)/python -m tests.bench

# Exact versions for every platform and Python we support. uv is needed only here.
lock: $(READY)
	uv pip compile --universal --python-version 3.11 --extra dev --no-header pyproject.toml -o requirements.lock

# --no-build-isolation: the build backend is locked like everything else.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "segstudio needs Python 3.11 to 3.13, this is %d.%d: call make with PYTHON=python3.12" % v)'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python has no venv here: apt-get install python3-venv"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
