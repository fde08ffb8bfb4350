"""What is said in two places agrees: pins and ranges, the pages for people and what they name."""

import re
import sqlite3
import tomllib

from packaging.requirements import Requirement


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
    for wanted, pinned in ((ranges(root, "dependencies"), site), (ranges(root, "test"), both)):
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


def test_the_sql_that_pages_show_prints_what_they_say(root, built):
    connection = sqlite3.connect(built)
    for page in (root / "README.md", root / "docs/using.md"):
        examples = re.findall(r'^sqlite3 recognition\.db "([^"]+)"\n((?:# .*\n)*)', page.read_text(), re.MULTILINE)
        assert len(examples) >= 3
        for sql, printed in examples:
            rows = ["# " + "|".join(map(str, row)) for row in connection.execute(sql)]
            assert rows and (not printed or rows == printed.splitlines()), sql
    connection.close()
