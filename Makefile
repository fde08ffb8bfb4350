# make serve      builds the database and serves the site at http://127.0.0.1:8001
# make bundle     packs the database, its tables as CSV, Parquet and a workbook, and what they mean, into bundles/
# make test       checks types and style, and runs all tests
# make check-sources checks the registers and the article in a second or two, without building
# make check-all  runs whole what `make test` samples, and validates the registers with frictionless
# make clients    asks the site and its files as other programs do: DuckDB, R, old SQLite, validators (needs node and R)
# make accept     writes what readers see (tests/seen and the like); look at the difference before you commit it
# make edition    writes down in editions/ what this edition is and what it changed, when it is published
# make mutants    changes the code on purpose and prints which changes no test notices
# make validate   asks html-validate (by npx, which comes with node) about every kind of page
# make fuzz       runs tests/fuzz with many thousand random examples, for minutes
# make bench      measures speed, memory and scale (make bench QUICK=1 in two minutes) into bench/RESULTS.md
# make soak       asks the site for ten minutes and watches its memory
# make clean      removes what was installed and built
# Each installs what it needs into .venv, once, and does again only what is out of date.

PYTHON ?= python3
PORT ?= 8001
BIN := .venv/bin
TOOLS := .venv-tools/bin
PIP := -m pip install --quiet --disable-pip-version-check --requirement
BUILT_FROM := build_db.py $(wildcard recognition/*.py recognition/build/*.py recognition/*.sql sources/*) metadata.yml

.PHONY: serve bundle test lint check-sources check-all clients accept edition validate mutants fuzz bench soak build clean
.DELETE_ON_ERROR:

serve: inspect-data.json
	$(BIN)/python -m recognition.serving . --host 127.0.0.1 --port $(PORT)

# Files of tests go to the processes in the order of tests/conftest.py: long ones first, those that share a browser together.
# Python keeps what it has compiled, whatever is said where `make` runs: each of hundreds of processes would compile it again.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

bundle: inspect-data.json .venv-bundle/installed
	.venv-bundle/bin/python -m recognition.bundle

test: lint .venv/browser .venv/nginx
	$(PYTEST)

lint: .venv/test-installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/deptry .
	@! grep -rnE '.{161}' templates/ || { echo 'These lines of templates are longer than 160 characters.'; exit 1; }

check-sources: .venv/site-installed
	@$(BIN)/python build_db.py --check

check-all: lint .venv/browser .venv/nginx .venv-tools/installed
	$(TOOLS)/frictionless validate sources/datapackage.json
	$(PYTEST) --whole

clients: .venv/browser .venv-clients/installed .venv-bundle/installed .venv-tools/installed .venv-cff/installed
	$(BIN)/python -m pytest tests/clients -vv -rs

accept: .venv/test-installed .venv/browser
	$(BIN)/python -m pytest tests/seen tests/specimen tests/browser/test_seen.py --snapshot-update

# Needs git: the edition before is built again from its commit, to compare the two. AGAIN=1 writes anew what nobody has seen.
edition: inspect-data.json
	$(BIN)/python -m recognition.editions $(if $(AGAIN),--again)

validate: inspect-data.json .venv/test-installed .venv/browser
	$(BIN)/python -m tools.validate

mutants: .venv/test-installed .venv-tools/installed
	$(TOOLS)/python tools/mutants.py

fuzz: .venv/test-installed
	FUZZ=long $(BIN)/python -m pytest tests/fuzz -v --hypothesis-show-statistics

bench: .venv/test-installed
	$(BIN)/python -m bench $(if $(QUICK),--quick)

soak: .venv/test-installed
	$(BIN)/python -m bench.soak

build: inspect-data.json

# The build writes recognition.db first and inspect-data.json last.
inspect-data.json: .venv/site-installed $(BUILT_FROM)
	$(BIN)/python build_db.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/site-installed: requirements.txt pyproject.toml setup.py | $(BIN)/python
	$(BIN)/python $(PIP) requirements.txt
	touch $@

.venv/test-installed: requirements-test.txt .venv/site-installed
	$(BIN)/python $(PIP) requirements-test.txt
	touch $@

# These tools need `rich`, with which Datasette behaves differently: they never come into the site's .venv.
.venv-tools/installed: requirements-tools.txt | $(BIN)/python
	$(PYTHON) -m venv .venv-tools
	$(TOOLS)/python $(PIP) requirements-tools.txt
	touch $@

# What packs a bundle: neither the build nor the site needs it.
.venv-bundle/installed: requirements-bundle.txt | $(BIN)/python
	$(PYTHON) -m venv .venv-bundle
	.venv-bundle/bin/python $(PIP) requirements-bundle.txt
	touch $@

# Programs that read what the site gives, and that neither the site nor `make test` needs. Every package is pinned.
.venv-clients/installed: requirements-clients.txt | $(BIN)/python
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/python $(PIP) requirements-clients.txt
	touch $@

# It wants an older jsonschema than others.
.venv-cff/installed: requirements-cff.txt | $(BIN)/python
	$(PYTHON) -m venv .venv-cff
	.venv-cff/bin/python $(PIP) requirements-cff.txt
	touch $@

# Finds a Chromium or Chrome for the browser tests, or installs one; the stamp holds its path.
.venv/browser: tests/programs.py .venv/test-installed
	$(BIN)/python -m tests.programs chromium > $@

# Finds an nginx for the deployment tests, or installs one; the stamp holds its path.
.venv/nginx: tests/programs.py .venv/test-installed
	$(BIN)/python -m tests.programs nginx > $@

clean:
	rm -rf .venv .venv-tools .venv-clients .venv-bundle .venv-cff recognition.db inspect-data.json *.part build *.egg-info
