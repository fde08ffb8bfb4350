"""What is said in two places agrees: README and Makefile, pins and ranges, README's examples and the database."""

import re
import sqlite3
import tomllib

from packaging.requirements import Requirement


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


def test_the_commands_of_the_readme_are_targets_of_the_makefile(root):
    commands = set(re.findall(r"^make (\w+)", (root / "README.md").read_text(), re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", (root / "Makefile").read_text(), re.MULTILINE))
    assert commands == {"serve", "test"}
    assert commands <= targets
    assert "make test" in (root / ".ci/run").read_text()


def test_the_addresses_of_the_readme_answer(root, get):
    addresses = re.findall(r"\(http://127\.0\.0\.1:8001(/[^)]+)\)", (root / "README.md").read_text())
    assert addresses
    for address in addresses:
        assert get(address).status_code == 200, address


def test_the_sql_of_the_readme_prints_what_the_readme_says(root, built):
    readme = (root / "README.md").read_text()
    examples = re.findall(r'^sqlite3 recognition\.db "([^"]+)"\n((?:# .*\n)+)', readme, re.MULTILINE)
    assert len(examples) == 3
    connection = sqlite3.connect(built)
    for sql, printed in examples:
        rows = ["# " + "|".join(map(str, row)) for row in connection.execute(sql)]
        assert rows == printed.splitlines()
    connection.close()
