"""Programs of others that read what the site gives: `make clients` runs them, `make test` does not.

Their Python packages are in `.venv-clients`, apart from the site's.
"""

import subprocess

import pytest


@pytest.fixture(scope="session")
def run(root):
    """run(script, *arguments) runs Python code among the clients' packages and returns what it prints."""

    def run(script, *arguments):
        command = [root / ".venv-clients/bin/python", "-c", script, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
