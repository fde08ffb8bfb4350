"""Programs of others that read what the site gives: `make clients` runs them, `make test` does not.

Their Python packages are in `.venv-clients`, apart from the site's.
"""

import subprocess

import pytest

from tests.clients.missing import PACKAGES, version


def pytest_report_header():
    """Which programs of the machine are asked. All other clients are pinned, in requirements-*.txt and package.json."""
    return [f"{name}: {version(name)}" for name in PACKAGES]


@pytest.fixture(scope="session")
def run(root):
    """run(script, *arguments) runs Python code among the clients' packages and returns what it prints."""

    def run(script, *arguments):
        command = [root / ".venv-clients/bin/python", "-c", script, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
