"""What is said in two places agrees: pins and ranges, metadata and database, the pages for people and what they name."""

import re
import sqlite3
import tomllib

import pytest
from packaging.requirements import Requirement

import build_db
from recognition.capture.__main__ import main as capture
from recognition.published_tables import described_columns
from recognition.serving import turns, worker, workers
from recognition.serving.connections import Limits
from recognition.site.questions import LISTS, UNDER

from .capture.captures import IMAGE, LAST_ROW, replaced, statement


def pages(root):
    """The pages for people who use or change the project."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def pins(*files):
    """{package: version} of requirements files."""
    found = {}
    for file in files:
        for line in file.read_text().splitlines():
            if line and not line.startswith(("#", "-r", "-e")):
                requirement = Requirement(line)
                (specifier,) = requirement.specifier
                assert specifier.operator == "==", line
                found[requirement.name.lower()] = specifier.version
    return found


def ranges(root, name):
    """The requirements of a list in pyproject.toml: 'dependencies', or the extra 'test'."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project.get(name) or project["optional-dependencies"][name]]


def test_the_pins_satisfy_the_ranges(root):
    site = pins(root / "requirements.txt")
    both = site | pins(root / "requirements-test.txt")
    bundle = pins(root / "requirements-bundle.txt")
    for wanted, pinned in (
        (ranges(root, "dependencies"), site), (ranges(root, "test"), both), (ranges(root, "bundle"), bundle)
    ):  # fmt: skip
        for requirement in wanted:
            assert requirement.specifier.contains(pinned[requirement.name.lower()]), requirement


def test_what_behaves_differently_with_rich_is_kept_apart_from_it(root):
    assert "rich" in pins(root / "requirements-tools.txt")
    assert "rich" not in pins(root / "requirements.txt") | pins(root / "requirements-test.txt")


def test_the_commands_that_pages_name_are_targets_of_the_makefile(root):
    targets = set(re.findall(r"^([\w-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    for page in pages(root):
        commands = set(re.findall(r"(?:^|`)make ([\w-]+)", page.read_text(), re.MULTILINE))
        assert commands <= targets, page.name
    assert "make test" in (root / ".ci/run").read_text()


def test_each_kept_edit_finds_its_text_once(root):
    """tests/edits.toml: what `make mutants` changes is where it says."""
    for edit in tomllib.loads((root / "tests/edits.toml").read_text())["edit"]:
        assert (root / edit["file"]).read_text().count(edit["old"]) == 1, edit["what"]


def test_the_files_that_pages_name_are_there(root):
    for page in pages(root):
        named = re.findall(
            r"`((?:\.\./)?(?:recognition|plugins|sources|templates|static|tests|bench|deploy|tools|docs)/[\w./@-]*)`",
            page.read_text(),
        )
        assert [name for name in named if not (root / name).exists()] == [], page.name


def test_the_addresses_that_pages_name_answer(root, get):
    addresses = re.findall(r"`(/[^`<]*)`", (root / "docs/using.md").read_text())
    assert len(addresses) > 20
    assert [address for address in addresses if get(address).status_code != 200] == []


@pytest.mark.usefixtures("edited_article")
def test_the_sql_that_pages_show_prints_what_they_say(root, built):
    connection = sqlite3.connect(built)
    for page in (root / "README.md", root / "docs/using.md"):
        examples = re.findall(r'^sqlite3 recognition\.db "([^"]+)"\n((?:# .*\n)*)', page.read_text(), re.MULTILINE)
        assert len(examples) >= 3
        for sql, printed in examples:
            rows = ["# " + "|".join(map(str, row)) for row in connection.execute(sql)]
            assert rows and (not printed or rows == printed.splitlines()), sql
    connection.close()


def test_the_commands_of_ours_run_in_the_environment_that_make_makes(root):
    """Another Python has not what they need."""
    for page in pages(root):
        assert not re.search(r"(?:`|^)python3? (?:-m recognition(?!\.serving\.)|build_db)", page.read_text(), re.M), (
            page.name
        )


def test_the_places_in_pages_that_pages_lead_to_are_there(root):
    """Each link to another page of the repository, and each heading in it, as GitHub makes an anchor of one."""
    for page in pages(root):
        for path, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", page.read_text()):
            other = (page.parent / path).resolve() if path else page
            assert other.exists(), (page.name, path)
            if anchor:
                headings = re.findall(r"^#+ (.+)$", other.read_text(), re.MULTILINE)
                anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
                assert anchor in anchors, (page.name, path, anchor)


def test_files_are_called_as_pages_say(root, get):
    """Whatever number and day the present edition has."""
    edition = r"edition-\d+(-\d{4}-\d\d-\d\d)?"
    page = re.sub(edition, "edition", (root / "docs/using.md").read_text())
    for address in ("/recognition/countries.csv?_bom=on", "/tallies/oic.csv?as_of=2013-07-01"):
        (name,) = re.findall(r'filename="(.+?)"', get(address).headers["content-disposition"])
        assert f"`{re.sub(edition, 'edition', name)}`" in page


def test_the_limits_that_pages_name_are_those_of_the_code(root):
    limits = Limits()
    said = {
        "docs/using.md": (
            f"| rows | {worker.ROWS_AT_MOST:,} |",
            f"| cells | {worker.CELLS_OF_DATA:,} of data, {worker.CELLS_OF_A_PAGE:,} on a page |",
            f"| bytes | {worker.BYTES_AT_MOST:,}, ",
            f"| memory | {worker.HEAP // 2**20} MB |",
            f"| your questions | one at a time; {workers.OF_ONE_AT_MOST} more wait |",
            f"| everybody's | {workers.OF_ALL_AT_MOST} wait |",
        ),
        "docs/deploy.md": (
            f"| connections at the same time | {limits.connections} |",
            f"| {limits.request_seconds:g} s, however it drips |",
            f"| {limits.idle_seconds} s; {limits.proxy_idle_seconds} s for a trusted proxy",
            f"| time until a reader has taken the piece that waits | {limits.unread_seconds:g} s |",
            f"when the process is told to stop | {limits.stop_seconds} s |",
            f"asks the system for {limits.descriptors} open files",
            f"finds {turns.WAITING_AT_MOST} of the same visitor waiting",
            f"at most {worker.DESCRIPTORS} descriptors, {worker.MEMORY // 2**20} MB of addresses",
        ),
    }
    for page, sentences in said.items():
        text = (root / page).read_text()
        assert [sentence for sentence in sentences if sentence not in text] == []


def test_the_check_of_the_sources_says_what_the_page_says(root, capsys):
    assert build_db.main(["--check", "--sources", str(root / "sources")]) == 0
    printed = capsys.readouterr().out.strip().split("sources: ")[1].rpartition(" (")[0]
    printed, page = (re.sub(r"[\d,]+", "#", text) for text in (printed, (root / "docs/changing.md").read_text()))
    assert f"\nsources: {printed} (" in page


def test_a_capture_is_told_as_the_page_shows(root, edited_article, tmp_path, capsys):
    """Each line of the example, or what it has on either side of '…'."""
    article = edited_article.read_text("utf-8")
    new = tmp_path / "NEW.txt"
    new.write_text(
        replaced(
            article,
            (statement(article, "Kenya has not recognized Kosovo."), ""),
            (LAST_ROW, f"{LAST_ROW}105 | {IMAGE}\n26 March 2025 |\n"),
            ("In 2018, Serbia claimed Lesotho withdrew", "In 2018, Serbia said that Lesotho withdrew"),
        ),
        "utf-8",
    )
    capture([str(new)])
    printed = capsys.readouterr().out
    example = (root / "docs/changing.md").read_text().split("\nTHE SAME\n")[1].split("\n```")[0]
    pieces = [piece.strip().rstrip(',")') for line in example.splitlines() for piece in line.split("…")]
    assert [piece for piece in pieces if piece not in printed] == []


def test_an_image_is_as_large_as_the_page_estimates(root, built):
    """Of the sum, what is ours: the files that the container file copies, and the database that it builds."""
    copied = re.findall(r"^COPY (.+) \S+$", (root / "deploy/Containerfile").read_text(), re.MULTILINE)
    paths = [root / name for line in copied for name in line.split()]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    ours = sum(file.stat().st_size for file in files if "__pycache__" not in file.parts)
    (said,) = re.findall(r"code and data (\d+)\)", (root / "docs/deploy.md").read_text())
    assert (ours + built.stat().st_size) / 1e6 == pytest.approx(int(said), abs=1.5)


def test_the_rules_that_pages_explain_are_those_of_the_database(root, db):
    """Each by its key and its name, the default one first."""
    explained = re.findall(
        r"^\| `(\w+)`(?: \(the default\))? \| ([^|]+) \| [^|]+ \|$", (root / "docs/using.md").read_text(), re.MULTILINE
    )
    assert sorted(explained) == sorted(db.execute("select id, title from rules"))
    assert [explained[0][0]] == [*db.execute("select default_rule from subject").fetchone()]


def test_every_table_view_and_column_is_described_and_nothing_else(db, metadata):
    """And every facet, sort and label names a column; shadow tables and indexes of full text are left out."""
    listed = (
        "select name from pragma_table_list where schema = 'main' and type <> 'shadow' and name not like 'sqlite_%'"
    )
    names = [name for (name,) in db.execute(listed) if not name.endswith("_fts")]
    columns = {name: {row[1] for row in db.execute(f"pragma table_info([{name}])")} for name in names}
    tables = metadata["databases"]["recognition"]["tables"]
    assert {name: {*described_columns(db, name, table)} for name, table in tables.items()} == columns
    assert columns["panel"] > {*tables["panel"]["columns"]}  # those of each rule and organisation
    for name, table in tables.items():
        assert table["title"] and table["description"], name
        assert all(text and text.endswith((".", ".'")) for text in described_columns(db, name, table).values()), name
        facets = [list(facet.values())[0] if isinstance(facet, dict) else facet for facet in table.get("facets", [])]
        named = facets + [table[key] for key in ("sort", "sort_desc", "label_column", "fts_pk") if key in table]
        assert set(named) | set(table.get("shown", [])) <= columns[name], name


def test_saved_questions_say_what_they_give(metadata):
    """And what each parameter is chosen from, what it is at first, and where its choice is in the title."""
    for name, query in metadata["databases"]["recognition"]["queries"].items():
        assert query["title"] and query["description"], name
        params, choices = query.get("params", []), query.get("choices", {})
        assert params == list(choices) and all(f":{parameter}" in query["sql"] for parameter in params), name
        for parameter, described in choices.items():
            kind = described["kind"]
            assert kind in LISTS or kind in ("day", "words"), (name, parameter)
            assert isinstance(described.get("default", "" if kind in ("day", "rules") else None), str), (
                name,
                parameter,
            )
            assert kind in ("rules", "yes_or_no") or f"{{{parameter}}}" in query["title_with"], (name, parameter)
        assert query.get("under", "today") in UNDER, name


def test_what_counts_under_the_default_rule_says_so(metadata, db):
    """By the name that the rule has, in its title or description, so that lists of questions and tables say it too."""
    (title,) = db.execute("select title from rules join subject on default_rule = id").fetchone()
    database = metadata["databases"]["recognition"]
    for name, about in {**database["tables"], **database["queries"]}.items():
        sql = about.get("sql", "")
        counts = "default_rule" in sql or "members_today" in sql or about.get("under") in ("today", "until today")
        if name in ("countries", "members_today") or counts:
            assert about["under"] in ("today", "until today"), name
            said = f"{about['title']} {about['description']} {' '.join(about.get('columns', {}).values())}"
            where = (
                f"metadata.yml, {name}: does not say 'under the rule {title}', as rules.csv calls the default rule now"
            )
            assert f"under the rule {title}" in said.replace("Under", "under"), where
    for name in ("countries", "members_today"):
        assert database["tables"][name]["called"]["status"] == f"status ({title})"
