"""/openapi.json as validators and clients read it, and the examples of /api as they stand there."""

import html
import re
import subprocess
from urllib.request import urlopen

import pytest

from tests.clients.missing import program

TRIES = 2  # of each operation that is tried
SECONDS = 600  # for all of them at most
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Tables and questions are alike: some stand for all.
TRIED = r"^/(?!recognition/)|^/recognition/(countries|organisations|rules|events|votes|panel|withdrawals|all-about)[/.]"


@pytest.fixture(scope="module")
def address(server):
    port, _ = server
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def definition(address, tmp_path_factory):
    """The description as a file."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_bytes(urlopen(f"{address}/openapi.json").read())
    return file


@pytest.fixture(scope="module")
def snippets(address):
    """The examples of /api by their language; they ask the server that runs here."""
    page = urlopen(f"{address}/api").read().decode()
    found = re.findall(r'<pre><code class="language-(\w+)">(.*?)</code></pre>', page, re.DOTALL)
    return {language: html.unescape(text).replace("http://localhost", address) for language, text in found}


def said_by(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_description_is_valid(root, definition):
    said = said_by([root / ".venv-clients/bin/openapi-spec-validator", definition])
    print(said)
    assert said.strip().endswith("OK")


def test_a_client_that_tries_everything_finds_what_is_described(root, definition, address, tmp_path):
    """schemathesis asks with values that the description allows and others; nothing it gets is undescribed."""
    command = [
        root / ".venv-clients/bin/st", "run", definition, "--url", address, "--phases", "examples,fuzzing", "--mode", "all",
        "--max-examples", str(TRIES), "--seed", "24", "--checks", CHECKS, "--workers", "1",
        "--include-path-regex", TRIED, "--suppress-health-check", "all", "--no-color", "--request-timeout", "30",
        "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=tmp_path)
    print(done.stdout[-6000:])
    assert done.returncode == 0, done.stdout[-6000:]


def test_the_examples_of_the_page_run(snippets, run, tmp_path):
    csv_and_json = said_by(["bash", "-euo", "pipefail"], snippets["sh"].replace("curl ", "curl -sSf "))
    assert csv_and_json.startswith("rule,as_of,") and '"withdrawn_on"' in csv_and_json
    assert run(snippets["python"]).startswith("The list today: withdrew: ")


def test_the_example_in_javascript_runs(snippets):
    said = said_by([program("node"), "--input-type=module"], snippets["js"])
    assert re.fullmatch(r"\d+ of \d+ on 2020-01-01 under the rule latest\n", said)


def test_the_example_in_r_runs(snippets, tmp_path):
    script = tmp_path / "example.r"
    script.write_text(snippets["r"])
    assert "recognise" in said_by([program("Rscript"), "--vanilla", script])
