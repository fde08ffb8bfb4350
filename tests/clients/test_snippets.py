"""The snippets of docs/using.md and of /panel, run as they are shown: pandas, R and DuckDB."""

import csv
import html
import io
import re
import subprocess
import urllib.request

import pytest

from tests.clients.missing import program

HERE = "http://127.0.0.1:8001"  # where the page says that the site is


@pytest.fixture(scope="module")
def snippets(root):
    """{language: text} of the section on the panel."""
    section = (root / "docs/using.md").read_text("utf-8").split("\n## The panel\n")[1].split("\n## ")[0]
    found = dict(re.findall(r"^```(\w+)\n(.*?)^```", section, re.MULTILINE | re.DOTALL))
    assert set(found) == {"python", "r", "sql"}
    return found


@pytest.fixture(scope="module")
def address(server):
    return f"http://127.0.0.1:{server[0]}"


@pytest.fixture(scope="module")
def expected(address):
    """{day: how many members of the UN recognise under the default rule}, counted in the CSV by hand."""
    with urllib.request.urlopen(f"{address}/panel.csv") as answer:
        rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8", newline="")))
    days = sorted({row["day"] for row in rows})
    of = [(row["day"], row["status_latest"]) for row in rows if row["member_un"] == "1"]
    return {day: of.count((day, "recognises")) for day in days}


def numbers(printed):
    """{day: number} of lines that have both."""
    return {day: int(number) for day, number in re.findall(r"(\d{4}-\d\d-\d\d)\D+(\d+)\b", printed)}


def test_the_page_shows_the_same_snippets(snippets, get):
    page = get("/panel").text
    shown = [
        html.unescape(text)
        for text in re.findall(r'<pre><code class="language-\w+">(.*?)</code></pre>', page, re.DOTALL)
    ]
    assert shown == [text.replace(HERE, "http://localhost") for text in snippets.values()]


def test_pandas(snippets, address, run, expected):
    assert numbers(run(snippets["python"].replace(HERE, address))) == expected
    namibia = (
        f"{snippets['python'].replace(HERE, address)}\nprint((panel.iso2 == 'NA').sum(), panel.member_cis.isna().sum())"
    )
    seen, empty = run(namibia).splitlines()[-1].split()
    assert int(seen) == len(expected) and int(empty) > 0


def test_pandas_reads_every_month(address, run):
    """The longest answer: more than is kept, so that it comes as it is made."""
    script = "import pandas, sys; panel = pandas.read_csv(sys.argv[1], keep_default_na=False, na_values=['']); print(len(panel), panel.day.nunique())"
    rows, days = map(int, run(script, f"{address}/panel.csv?step=month").split())
    assert rows > 40_000 and days > 200 and rows % days == 0


def test_r(snippets, address, expected):
    command = [program("Rscript"), "--vanilla", "-e"]
    script = (
        snippets["r"].replace(HERE, address)
        + 'cat(sum(panel$iso2 == "NA", na.rm = TRUE), sum(is.na(panel$member_cis)), "\\n")\n'
    )
    done = subprocess.run([*command, script], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    *lines, last = done.stdout.strip().splitlines()
    told = {
        day: int(count)
        for day, count in re.findall(r"^\d+\s+(\d{4}-\d\d-\d\d)\s+(\d+)$", "\n".join(lines), re.MULTILINE)
    }
    assert told == expected
    assert [int(number) > 0 for number in last.split()] == [True, True]


def test_duckdb(snippets, address, run, expected, tmp_path):
    with urllib.request.urlopen(f"{address}/panel.csv") as answer:
        (tmp_path / "panel.csv").write_bytes(answer.read())
    script = (
        "import duckdb, os, sys; os.chdir(sys.argv[1]); [print(*row) for row in duckdb.sql(sys.argv[2]).fetchall()]"
    )
    assert numbers(run(script, tmp_path, snippets["sql"])) == expected
