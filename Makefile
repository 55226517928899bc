# Two commands are enough: `make demo` and `make test`. Both install what they need into .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --quiet
DEMO ?= diffuscope-report
# Dozens of processes run the package: bytecode is kept, or each compiles it again, which takes seconds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check lint types docs bench verify verify-worlds verify-fuzz verify-mutants expected lock clean

demo: .venv/installed-run
	$(BIN)/diffuscope run asean-smart-cities --out "$(DEMO)"
	@echo "A network's register, filled with this case: $(BIN)/diffuscope register demo my-register"

test: .venv/installed-dev
	$(BIN)/pytest -m "not slow" -n auto --dist worksteal

check: lint types

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev
	$(BIN)/mypy

docs: .venv/installed-dev
	$(BIN)/sphinx-build -q -W -b html docs docs/_build/html

bench: .venv/installed-dev
	for file in benchmarks/*.py; do OPENBLAS_NUM_THREADS=1 $(BIN)/python "$$file" || exit 1; done

# Slow truths: what needs many draws, many examples, or a minute of computing.
verify: .venv/installed-dev
	$(BIN)/pytest verify
	DIFFUSCOPE_EXAMPLES=10 $(BIN)/pytest $$(grep -rl "verify.drawn" tests --include="test_*.py")

# Error rates of the statistical rule in simulated worlds: summary.json and docs/explanation/worlds.md. Continues a run
# that was stopped; WORLDS="--minutes 10" limits it, WORLDS="--tuning" takes worlds for developing a rule.
verify-worlds: .venv/installed-dev
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m verify.worlds run $(WORLDS)
	$(BIN)/python -m verify.worlds summarise

# Odd cases through check, run and report, for an hour: what is printed is a fault. FUZZ="--minutes 5" limits it.
verify-fuzz: .venv/installed-dev
	$(BIN)/python -m verify.fuzz $(FUZZ)

# Faults put into a copy of the package, each of which its test must see. MUTANTS="--only 7" tries one.
verify-mutants: .venv/installed-dev
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m verify.mutants $(MUTANTS)

# The wheel in an environment of its own, and the demo's report, against what the shipped cases must give.
expected: .venv/installed-dev
	DIFFUSCOPE_DEMO="$(DEMO)" $(BIN)/pytest -m slow tests/e2e

# What a run and the register need: versions and hashes of requirements.txt, a part of the lock for development.
.venv/installed-run: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "diffuscope needs Python 3.11 or newer; say which with PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

# What tests, checks and documentation need besides.
.venv/installed-dev: .venv/installed-run requirements-dev.txt
	$(INSTALL) --require-hashes -r requirements-dev.txt
	touch $@

# Needs uv; the locks name no host, so they can be read anywhere. One lock is made, and its part for a run taken from it.
lock:
	$(COMPILE) --group dev --extra cluster --extra fast --extra formats --extra pdf --extra register -o requirements-dev.txt
	$(COMPILE) --group build --extra register --constraints requirements-dev.txt -o requirements.txt

clean:
	rm -rf .venv dist build docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis
