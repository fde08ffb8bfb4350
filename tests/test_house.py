"""What may import what, and what no file of the package may know: read from the code."""

import ast
import csv
import re
import shutil
from functools import cache
from pathlib import Path

import pytest

PAGES_SHARE = {
    "serving", "vocabulary", "dates", "citations", "sentences", "question_patterns", "panel", "published_tables", "edition_files",
    "change_words",
}  # fmt: skip
# What each part may import of ours, besides itself; a plugin may not import another one.
ALLOWED = {
    "plugins": {"site", *PAGES_SHARE},
    "site": PAGES_SHARE,
    "build": {"vocabulary", "dates", "citations", "sentences", "question_patterns", "panel"},
    "capture": {"build", "vocabulary", "dates", "citations", "sentences"},
    "build_db": {"build"},
    "changes": {"change_words", "vocabulary", "dates"},
    "editions": {"changes", "change_words", "edition_files", "vocabulary", "dates"},
    "change_words": {"vocabulary", "dates"},
    "edition_files": set(),
    "serving": set(),
    "vocabulary": set(),
    "dates": set(),
    "citations": set(),
    "sentences": {"vocabulary"},
    "question_patterns": {"dates"},
    "published_tables": set(),
    "panel": {"published_tables"},
    "bundle": {"published_tables", "dates"},
}
PATH_TRICKS = re.compile(r"\bget_plugin\(|spec_from_file_location|\bsys\.path\b")
PYTHON = ("recognition", "plugins", "build_db.py", "setup.py", "deploy", "tools", "bench", "tests")


def python_files(root, *places):
    found = [root / place for place in places]
    return [file for path in found for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))]


def module_of(root, file):
    """The name under which a file is imported: 'recognition.site.search', 'plugins.map', 'build_db'."""
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def part_of(module):
    """The part of the house that a module belongs to; None where it is not ours, '' for the package itself."""
    first, *others = module.split(".")
    if first == "recognition":
        return others[0] if others else ""
    return first if first in ("plugins", "build_db", "tests", "bench", "deploy") else None


def imported(tree, module, is_package):
    """The full name of everything that a file imports: 'recognition.site.database.rows', 'json'."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")[: None if is_package and node.level == 1 else -node.level] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def read(text, module, is_package):
    """What a file of this text imports, and the functions of it that do; of the same text it is found once."""
    tree = ast.parse(text)
    return tuple(imported(tree, module, is_package)), tuple(inside_functions(tree))


def problems(root):
    """What the imports of a copy of the house break, a line each."""
    files = python_files(root, "recognition", "plugins", "build_db.py")
    modules = {module_of(root, file): file for file in files}
    plugins = {file.stem for file in (root / "plugins").glob("*.py")}
    needs, found = {}, []
    for module, file in modules.items():
        names, late = read(file.read_text("utf-8"), module, file.name == "__init__.py")
        part, needs[module] = part_of(module), set()
        for name in names:
            target, other = name if name in modules else name.rpartition(".")[0], part_of(name)
            if part == "plugins" and (other == "plugins" or name.split(".")[0] in plugins):
                found.append(f"{module} imports the plugin {name}")
            elif other and other != part and other not in ALLOWED[part]:
                found.append(f"{module} imports {name}")
            if target in modules:
                needs[module].add(target)
        found += [f"{module} imports inside {name}" for name in late]
    return found + [f"circle: {' > '.join(circle)}" for circle in circles(needs)]


def inside_functions(tree):
    """The functions that import something; one that tries an optional dependency and catches ImportError may."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            tried = [
                node for node in ast.walk(function) if isinstance(node, ast.Try) and "ImportError" in ast.dump(node)
            ]
            allowed = {id(node) for attempt in tried for node in ast.walk(attempt)}
            if any(
                isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in allowed for node in ast.walk(function)
            ):
                yield function.name


def circles(needs):
    """Modules that import each other: those that no order of loading could satisfy. One circle at most."""
    left = {module: others - {module} for module, others in needs.items()}
    while ready := [module for module, others in left.items() if not others & left.keys()]:
        for module in ready:
            del left[module]
    if not left:
        return []
    path = [min(left)]
    while path.count(path[-1]) == 1:
        path.append(min(left[path[-1]] & left.keys()))
    return [path[path.index(path[-1]) :]]


def test_imports_keep_to_the_rules(root):
    assert problems(root) == []


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("recognition/serving/health.py", "from recognition import dates", "recognition.serving.health imports recognition.dates"),
        ("recognition/serving/health.py", "from ..site.database import rows", "recognition.serving.health imports recognition.site.database.rows"),
        ("recognition/site/search.py", "import recognition.build.names", "recognition.site.search imports recognition.build.names"),
        ("recognition/site/search.py", "from plugins.map import drawn", "recognition.site.search imports plugins.map.drawn"),
        ("recognition/build/load.py", "from recognition.site import tallies", "recognition.build.load imports recognition.site.tallies"),
        ("recognition/capture/days.py", "from recognition.site import tallies", "recognition.capture.days imports recognition.site.tallies"),
        ("recognition/build/load.py", "from recognition.capture import plan", "recognition.build.load imports recognition.capture.plan"),
        ("recognition/dates.py", "from . import vocabulary", "recognition.dates imports recognition.vocabulary"),
        ("plugins/map.py", "from plugins import tallies", "plugins.map imports the plugin plugins.tallies"),
        ("plugins/map.py", "import timeline", "plugins.map imports the plugin timeline"),
        ("plugins/map.py", "from recognition.build import names", "plugins.map imports recognition.build.names"),
        ("build_db.py", "from recognition.site import database", "build_db imports recognition.site.database"),
        ("plugins/map.py", "def late():\n    import json", "plugins.map imports inside late"),
        ("recognition/serving/errors.py", "from .refusals import refuse", "circle: recognition.serving.errors > recognition.serving.refusals > "),
    ],
)  # fmt: skip
def test_a_forbidden_import_is_found(file, line, said, root, tmp_path):
    for name in ("recognition", "plugins"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "build_db.py", tmp_path)
    before = problems(tmp_path)
    (tmp_path / file).write_text(f"{(root / file).read_text()}\n{line}\n")
    (problem,) = [problem for problem in problems(tmp_path) if problem not in before]
    assert problem.startswith(said)


def test_everybody_imports_the_ordinary_way(root):
    """No plugin is fetched from Datasette's list, no file is loaded by its path, no folder is put on the path."""
    found = []
    for file in python_files(root, *PYTHON):
        if file != Path(__file__):
            lines = enumerate(file.read_text("utf-8").splitlines(), 1)
            found += [f"{file.relative_to(root)}:{number}" for number, line in lines if PATH_TRICKS.search(line)]
    assert found == []


def test_no_file_of_the_package_names_a_state(root):
    """Subject, states and the sentences about them come from sources/."""
    names = set()
    for file in ("countries.csv", "country_names.csv"):
        with (root / "sources" / file).open(encoding="utf-8", newline="") as rows:
            names |= {row["name"] for row in csv.DictReader(rows)}
    assert len(names) > 700
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)")
    found = []
    for file in sorted([*(root / "recognition").rglob("*.py"), *(root / "recognition").rglob("*.sql")]):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            found += [f"{file.relative_to(root)}:{number}: {name}" for name in pattern.findall(line)]
    assert found == []


def test_the_page_about_the_code_says_the_same(root):
    page = (root / "docs/architecture.md").read_text().split("\n## What may import what\n")[1]
    lines = re.findall(r"^(\w+) +→ (.+)$", page, re.MULTILINE)
    assert {part: {*names.split(", ")} - {"nothing of ours"} for part, names in lines} == ALLOWED
