# make serve   builds the database and serves the site at http://127.0.0.1:8001
# make test    runs all tests
# make fuzz    runs tests/fuzz with many thousand random examples, for minutes
# make bench   measures speed, memory and scale (make bench QUICK=1 within a minute) into bench/RESULTS.md
# Each installs what it needs into .venv, once, and does again only what is out of date.

PYTHON ?= python3
PORT ?= 8001
BIN := .venv/bin
BUILT_FROM := build_db.py $(wildcard recognition/*.py recognition/build/*.py recognition/*.sql sources/*) metadata.yml

.PHONY: serve test fuzz bench soak build clean
.DELETE_ON_ERROR:

serve: inspect-data.json
	@$(BIN)/python -m recognition.serving.edition .
	$(BIN)/datasette . --host 127.0.0.1 --port $(PORT)

test: .venv/test-installed .venv/browser .venv/nginx
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

fuzz: .venv/test-installed
	FUZZ=long $(BIN)/python -m pytest tests/fuzz -v --hypothesis-show-statistics

bench: .venv/test-installed .venv/nginx inspect-data.json
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

.venv/site-installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch $@

.venv/test-installed: requirements-test.txt .venv/site-installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-test.txt
	touch $@

# Finds a Chromium or Chrome for the browser tests, or installs one; the stamp holds its path.
.venv/browser: tests/browser/chromium.py .venv/test-installed
	$(BIN)/python -m tests.browser.chromium > $@

# Finds an nginx for the deployment tests, or installs one; the stamp holds its path.
.venv/nginx: tests/deploy/nginx.py .venv/test-installed
	$(BIN)/python -m tests.deploy.nginx > $@

clean:
	rm -rf .venv recognition.db inspect-data.json recognition.db.part
