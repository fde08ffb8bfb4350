"""The build command in processes that have loaded it already: they are forked, and spare a hundred starts of Python.

What such a build does, prints and ends with is what `python build_db.py` does once it has loaded; how that begins is tried
with the real command (test_stopped_builds.py: signals and little memory from the start; test_installation.py).
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.patience import PATIENCE

# A line of input is a build: its folder, its arguments, the files that take what it prints, and what runs before it. Each
# is forked and goes on as a program of its own would, to the end of Python; the answer is how it ended.
FORKING = """
import json, os, sys
import build_db, argparse, recognition.build.publish

def report_to(number, path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, number)
    os.close(file)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
order = json.loads(line)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
report_to(1, order["stdout"])
report_to(2, order["stderr"])
os.chdir(order["folder"])
sys.argv = ["build_db.py", *order["arguments"]]
exec(order["before"], globals())
sys.exit(build_db.main(order["arguments"]))
"""


def as_in_a_terminal():
    """The signals: whoever runs the tests in the background, or behind nohup, ignores some."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@cache
def forker(root, prepare):
    """The process that forks the builds; `prepare` runs in it before Python does."""

    def prepared():
        as_in_a_terminal()
        prepare()

    process = subprocess.Popen(
        [sys.executable, "-c", FORKING],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=prepared, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip

    def end():
        process.stdin.close()
        process.stdout.close()
        process.wait(PATIENCE)

    atexit.register(end)
    return process


def build(root, folder, *arguments, before="", prepare=lambda: None):
    """Runs the command in a folder and returns what subprocess.run would.

    `before` is Python that runs in the process before the build, and may change its modules.
    """
    with tempfile.TemporaryDirectory() as prints:
        files = {name: Path(prints) / name for name in ("stdout", "stderr")}
        order = {"folder": folder, "arguments": arguments, "before": before, **files}
        process = forker(root, prepare)
        process.stdin.write(json.dumps(order, default=str).encode() + b"\n")
        process.stdin.flush()
        if not select.select([process.stdout], [], [], PATIENCE)[0]:
            process.kill()
            raise TimeoutError(f"the build has not ended after {PATIENCE} s")
        status = int(process.stdout.readline())
        said = {name: file.read_text("utf-8") for name, file in files.items()}
    return subprocess.CompletedProcess(arguments, status, **said)
