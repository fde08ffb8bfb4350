"""The container file, the unit and the page about them hold what is really there, and their commands run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from deploy.loopback import free_port, listening, unit, until
from tests.patience import PATIENCE


@pytest.fixture(scope="session")
def instructions(root):
    """The container file as (instruction, arguments) in order, continued lines joined."""
    text = (root / "deploy/Containerfile").read_text().replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line and not line.startswith("#")]


def of(instructions, name):
    return [arguments for instruction, arguments in instructions if instruction == name]


@pytest.fixture(scope="session")
def image(instructions, root, tmp_path_factory):
    """A folder as the image would hold it: its COPY and RUN instructions carried out here, without the installation."""
    folder = tmp_path_factory.mktemp("image") / "site"
    folder.mkdir()
    for instruction, arguments in instructions:
        if instruction == "COPY":
            *sources, target = shlex.split(arguments)
            for source in sources:
                if (root / source).is_dir():
                    shutil.copytree(root / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(root / source, folder / target)
        elif instruction == "RUN" and not arguments.startswith("pip "):
            program, *words = shlex.split(arguments)
            assert program == "python"
            subprocess.run([sys.executable, *words], cwd=folder, check=True, capture_output=True)
    return folder


def test_the_image_installs_what_the_makefile_installs(instructions, root):
    (installed,) = [line for line in of(instructions, "RUN") if line.startswith("pip ")]
    assert "--requirement requirements.txt" in installed and "index" not in installed
    assert re.search(r"^\t\S+/python \$\(PIP\) requirements\.txt$", (root / "Makefile").read_text(), re.MULTILINE)
    order = [f"{instruction} {arguments}" for instruction, arguments in instructions]
    assert order.index("COPY recognition recognition") < order.index(f"RUN {installed}"), "it installs the code too"
    (base,) = of(instructions, "FROM")
    assert re.fullmatch(r"python:3\.\d+-slim", base)


def test_the_image_holds_the_same_database_and_nothing_that_is_not_needed(image, built):
    assert (image / "recognition.db").read_bytes() == built.read_bytes()
    names = {
        "build_db.py",
        "metadata.yml",
        "settings.json",
        "recognition",
        "sources",
        "plugins",
        "templates",
        "static",
        "fonts",
        "editions",
    }
    names |= {"requirements.txt", "pyproject.toml", "setup.py", "README.md", "LICENSE"}  # what pip installs from
    names |= {"recognition.db", "inspect-data.json"}
    assert {path.name for path in image.iterdir()} - {"__pycache__"} == names


def test_nobody_in_the_container_may_write(instructions):
    order = [instruction for instruction, _ in instructions]
    assert of(instructions, "USER") == ["10001:10001"]
    assert order.index("USER") > max(index for index, name in enumerate(order) if name in ("COPY", "RUN"))


@pytest.fixture
def environment(instructions, image, tmp_path):
    """What the container's processes find in their environment, on a free port and with this Python as `python`.

    The image's own code is on the path, as `-e .` in requirements.txt puts it there.
    """
    (said,) = of(instructions, "ENV")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)  # which then does not know the packages of its own environment
    packages = f"{image}:{sysconfig.get_path('purelib')}"
    here = {"PORT": str(free_port()), "PATH": f"{programs}:/usr/bin:/bin", "PYTHONPATH": packages}
    return dict(word.split("=", 1) for word in shlex.split(said)) | here


def test_the_image_serves_and_knows_whether_it_is_well(instructions, image, environment, tmp_path):
    (start,), (check,) = of(instructions, "CMD"), of(instructions, "HEALTHCHECK")
    log = tmp_path / "log"
    with log.open("w") as written:
        served = subprocess.Popen(json.loads(start), cwd=image, env=environment, stdout=written, stderr=written)
    try:
        until(lambda: listening(int(environment["PORT"])), served, log)
        probe = json.loads(check.partition("CMD ")[2])
        assert subprocess.run(probe, env=environment, timeout=PATIENCE).returncode == 0
        os.utime(image / "recognition.db")
        ill = subprocess.run(probe, env=environment, timeout=PATIENCE, capture_output=True, text=True)
        assert ill.returncode == 1 and "503" in ill.stderr
    finally:
        served.terminate()
        served.wait(PATIENCE)


def test_the_image_does_not_start_with_a_damaged_database(instructions, image, environment, tmp_path):
    damaged = shutil.copytree(image, tmp_path / "site")
    (damaged / "inspect-data.json").write_text("{")
    (start,) = of(instructions, "CMD")
    refused = subprocess.run(
        json.loads(start), cwd=damaged, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("The site cannot start: inspect-data.json cannot be read (")
    assert refused.stderr.count("\n") == 1


def test_the_unit_serves_the_folder_of_its_port_to_this_machine_alone():
    """Its commands are run by every test that starts a replica."""
    service = unit()
    assert service["WorkingDirectory"] == "/srv/kosovo/%i"
    assert service["ExecStart"].split()[1:] == shlex.split("-m recognition.serving . --host 127.0.0.1 --port %i")
    assert "ExecStartPre" not in service  # the launcher checks the folder itself
    assert service["EnvironmentFile"] == "/etc/kosovo/environment"  # with the secret that all replicas share
    assert service["DynamicUser"] == "yes" and service["ProtectSystem"] == "strict"
    assert service["IPAddressDeny"] == "any" and service["IPAddressAllow"] == "localhost"


def test_the_page_names_what_there_is(root):
    page = (root / "docs/deploy.md").read_text()
    for file in (root / "deploy").iterdir():
        if file.name != "__pycache__":
            assert f"deploy/{file.name}" in page, file.name
    for file in (root / "deploy/nginx").glob("prefix-*.conf"):
        assert f"deploy/nginx/{file.name}" in page and file.read_text()[file.read_text().index("location") :] in page
    assert unit()["EnvironmentFile"] in page
    configuration = (root / "deploy/nginx/kosovo.conf").read_text()
    rate, burst = re.search(r"rate=(\d+)r/s", configuration)[1], re.search(r"burst=(\d+)", configuration)[1]
    assert f"{rate} a second and {burst} more at once" in page
    assert "docs/deploy.md" in (root / "README.md").read_text()


def test_the_page_makes_the_folders_that_are_written_to(root):
    """nginx makes the last folder of its cache, and none above it, which Debian's nginx does not bring either."""
    page = (root / "docs/deploy.md").read_text()
    made = re.search(r"^mkdir -p (.+)$", page, re.MULTILINE)[1].split()
    cache = re.search(r"^proxy_cache_path (\S+)", (root / "deploy/nginx/kosovo.conf").read_text(), re.MULTILINE)[1]
    needed = {Path(cache).parent, Path(unit()["EnvironmentFile"]).parent, Path(unit()["WorkingDirectory"]).parent}
    assert set(map(Path, made)) == needed
