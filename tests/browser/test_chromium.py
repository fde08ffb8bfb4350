"""A browser is found where there is one, installed where there is none, and asked for where that cannot be done."""

import sys

import pytest

from browser import chromium
from tests import system_packages

NOWHERE = "/nowhere/chromium"


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without a browser; the way to one is a command that puts it at the path that is returned."""
    browser = tmp_path / "chromium"
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setattr(chromium, "NAMES", ())
    monkeypatch.setattr(chromium, "PLACES", (str(browser),))
    monkeypatch.setattr(chromium, "of_playwright", lambda: NOWHERE)
    monkeypatch.setattr(chromium, "driver_starts", lambda: True)
    return browser


def test_the_variable_names_the_browser(bare, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho Chromium 1.0\n")
    other.chmod(0o755)
    monkeypatch.setenv(chromium.VARIABLE, str(other))
    assert chromium.find() == str(other)
    monkeypatch.setenv(chromium.VARIABLE, NOWHERE)
    with pytest.raises(chromium.NoBrowser, match="CHROME_BIN is '/nowhere/chromium', no Chromium or Chrome"):
        chromium.find()


def test_ways_to_install_are_tried_until_a_browser_starts(bare, putting, monkeypatch):
    # the first leaves what some systems keep in its place: a script that says to install something else
    scripts = "#!/bin/sh\necho install the snap; exit 1\n", "#!/bin/sh\necho Chromium 1.0\n"
    ways = [*(putting(bare, script) for script in scripts), ["false"]]
    monkeypatch.setattr(chromium, "ways_to_install", lambda: iter(ways))
    assert chromium.find() is None
    assert chromium.install() == str(bare)
    monkeypatch.setattr(chromium, "ways_to_install", lambda: pytest.fail("it is installed already"))
    assert chromium.install() == str(bare)


def test_without_any_way_it_says_what_to_install(bare, monkeypatch):
    monkeypatch.setattr(chromium, "ways_to_install", lambda: [["false"]])
    with pytest.raises(chromium.NoBrowser, match="could not install it: .*'apt-get install chromium'"):
        chromium.install()


def test_a_driver_that_does_not_start_is_told_apart(bare, monkeypatch):
    monkeypatch.setattr(chromium, "runs", lambda path: True)
    bare.touch()
    monkeypatch.setattr(chromium, "driver_starts", lambda: False)
    assert chromium.missing() == ["libatomic1"]
    with pytest.raises(chromium.NoBrowser, match="^Playwright, .* 'apt-get install libatomic1'"):
        chromium.ready()


@pytest.mark.parametrize(
    ("root", "programs"),
    [((), ["env", "env", sys.executable]), (None, [sys.executable])],
    ids=["who may", "who may not"],
)
def test_the_package_of_the_system_comes_before_a_download(monkeypatch, root, programs):
    monkeypatch.setattr(system_packages, "as_root", lambda: root)
    monkeypatch.setattr(chromium, "missing", lambda: ["chromium"])
    ways = list(chromium.ways_to_install())
    assert [command[0] for command in ways] == programs
    assert ("--with-deps" in ways[-1]) == (root is not None)
