"""What the tests need of the system is installed by who may, and by nobody else."""

import pytest

from tests import system_packages


@pytest.mark.parametrize(
    ("user", "programs", "sudo", "commands"),
    [
        (0, ["apt-get"], 1, [["env"], ["env"]]),
        (1, ["apt-get", "sudo"], 0, [["sudo", "-n"], ["sudo", "-n"]]),
        (1, ["apt-get", "sudo"], 1, []),
        (1, ["apt-get"], 0, []),
        (0, [], 0, []),
    ],
    ids=["root", "sudo without a password", "sudo with one", "no sudo", "no apt-get"],
)
def test_packages_are_installed_by_who_may(monkeypatch, user, programs, sudo, commands):
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: user)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: name if name in programs else None)
    monkeypatch.setattr(system_packages.subprocess, "run", lambda words, **_: type("Ran", (), {"returncode": sudo}))
    ways = list(system_packages.ways_to_install(lambda: ["hello"]))
    assert [way[: len(begins)] for way, begins in zip(ways, commands, strict=True)] == commands
    assert [way[-1] for way in ways] == ["update", "hello"][: len(ways)]
