"""The project as it is installed: a build command for any folder, and a sentence where something is missing."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.patience import PATIENCE

SERIES = "0.65"
# What pip reads of the repository, without what is built or installed in it.
PROJECT = (
    "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "build_db.py", "metadata.yml", "recognition", "sources",
)  # fmt: skip
GUARD = """except ModuleNotFoundError as missing:
    raise SystemExit(f"Error: {missing}. Install what the site needs: pip install -r requirements.txt") from None
"""
# Loads each plugin as the first of a site, with something changed before; prints what stops it.
LOADED = """
import datasette, sys
from pathlib import Path
from datasette.utils import module_from_path
{change}
for path in sys.argv[1:]:
    for name in [name for name in sys.modules if name.startswith("recognition.")]:
        del sys.modules[name]
    try:
        module_from_path(path, name=Path(path).name)
    except SystemExit as stopped:
        print(Path(path).name, stopped, sep=": ")
"""


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_installed_package_builds_the_same_database_in_any_folder(root, built, tmp_path):
    project, installed, anywhere = (tmp_path / name for name in ("project", "installed", "anywhere"))
    for name in PROJECT:
        copy = shutil.copytree if (root / name).is_dir() else shutil.copy
        project.mkdir(exist_ok=True)
        copy(root / name, project / name)
    anywhere.mkdir()
    command = [
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, project,
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(installed)
    before = files(installed)
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    module, function = re.search(r"^build-recognition-db = (\w+):(\w+)$", points.read_text(), re.MULTILINE).groups()
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", f"import sys, {module}; sys.exit({module}.{function}())"]
    subprocess.run(command, cwd=anywhere, env=environment, check=True, capture_output=True, timeout=PATIENCE)
    assert files(anywhere) == {path.relative_to(built.parent): path.read_bytes() for path in built.parent.iterdir()}
    assert files(installed) == before, "the installation was written to"


def loaded(plugins, change):
    """{plugin: what stops it} of plugins that are each loaded first."""
    command = [sys.executable, "-c", LOADED.format(change=change), *map(str, plugins)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert said.returncode == 0, said.stderr
    return dict(line.split(": ", 1) for line in said.stdout.splitlines())


@pytest.fixture(scope="module")
def plugins(root):
    """The plugins that need the package."""
    return [
        path
        for path in sorted((root / "plugins").glob("*.py"))
        if re.search(r"^ *(from|import) recognition\b", path.read_text(), re.M)
    ]


def test_every_plugin_says_what_to_do_where_the_package_is_missing(plugins):
    """Datasette loads them in any order, so that each may be the first."""
    assert [path.name for path in plugins if GUARD not in path.read_text()] == []
    said = loaded(plugins, 'sys.modules["recognition"] = None')
    assert list(said) == [path.name for path in plugins]
    assert all(
        sentence.endswith(". Install what the site needs: pip install -r requirements.txt")
        for sentence in said.values()
    )


def test_another_datasette_is_refused_with_a_sentence(plugins):
    """Whichever of the plugins that show something is loaded first."""
    said = loaded(plugins, 'datasette.__version__ = "1.0a41"')
    sentence = f"Error: This site needs Datasette {SERIES}, not the installed 1.0a41. "
    assert set(said.values()) == {sentence + "Install what the site needs: pip install -r requirements.txt"}
    assert {path.name for path in plugins if re.search(r"recognition\.(site|serving)", path.read_text())} <= said.keys()


@pytest.mark.parametrize(
    "start",
    [
        'from datasette.cli import cli; cli(["."])',
        'import runpy; runpy.run_module("recognition.serving", run_name="__main__")',
    ],
)
def test_the_sentence_is_all_that_is_printed(start, site_folder):
    command = [sys.executable, "-c", f"import datasette; datasette.__version__ = '1.0a41'; {start}"]
    said = subprocess.run(command, cwd=site_folder, capture_output=True, text=True, timeout=PATIENCE)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1), said.stderr
    assert said.stderr.startswith(f"Error: This site needs Datasette {SERIES}")


def test_the_build_says_what_to_do_where_a_package_is_missing(root):
    start = 'import runpy, sys; sys.modules["sqlite_utils"] = None; runpy.run_path("build_db.py", run_name="__main__")'
    said = subprocess.run([sys.executable, "-c", start], cwd=root, capture_output=True, text=True, timeout=PATIENCE)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1), said.stderr
    assert said.stderr.endswith(". Install what the build needs: pip install -r requirements.txt\n")
