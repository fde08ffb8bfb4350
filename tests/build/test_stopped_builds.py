"""How the command ends: on signals, without memory, without anybody who reads what it prints, with a fault of its own."""

import json
import os
import resource
import signal
import subprocess
import sys

import pytest

import recognition.build.publish
from tests.build.forked import as_in_a_terminal, build
from tests.earlier_build import OLD, contents, database
from tests.patience import PATIENCE

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
STEPS = ["read_registers", "parse_article", "resolve", "load", "check"]

# Replaces a step of the build, where it is called, by one that runs this too: in the middle of the build.
CHANGED = """
import os, signal, sys
import build_db, recognition.build.publish, recognition.build.sources
caller = build_db if hasattr(build_db, {step!r}) else recognition.build.sources
step = getattr(caller, {step!r})
def changed(*arguments):
    found = step(*arguments)
    exec({what!r}, globals())
    return found
caller.{step} = changed
"""


def run(root, folder, *command, **options):
    # the signals as a terminal has them: whoever runs the tests in the background, or behind nohup, ignores some
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "preexec_fn": as_in_a_terminal, **options}
    return subprocess.run([sys.executable, *command], cwd=folder, text=True, timeout=PATIENCE, env=path(root), **pipes)


def path(root):
    return {**os.environ, "PYTHONPATH": str(root)}


def changed(root, folder, sources, what, step, *arguments):
    return build(root, folder, "--sources", sources, *arguments, before=CHANGED.format(step=step, what=what))


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_signal_ends_a_build_with_one_line(times, step, number, root, folder, short_sources):
    ended = changed(root, folder, short_sources, f"for _ in range({times}): os.kill(os.getpid(), {int(number)})", step)
    line = f"recognition.db was not built: stopped by {number.name}\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + number, "", line)
    assert contents(folder) == OLD


# Puts a database in place again and again, stopped at the first line of Python that runs meanwhile, at the second, and so
# on, until it is not stopped any more. Prints how often it was stopped, and what was wrong then.
AT_EACH_LINE = """
import gc, itertools, json, os, pathlib, shutil, signal, sys
from recognition.build.publish import replacing
from recognition.build.stopping import Stopped, Stops

built, output = map(pathlib.Path, sys.argv[1:])
names = "recognition.db", "inspect-data.json"
new = {name: built.with_name(name).read_bytes() for name in names}
old = {name: output.with_name(name).read_bytes() for name in names}

def found():
    return {path.name: path.read_bytes() for path in output.parent.iterdir()}

def replace(stops):
    with replacing(output, stops.ignore) as part:
        shutil.copyfile(built, part)

def stopped_at(line):
    left = line
    def trace(frame, event, argument):
        nonlocal left
        if pathlib.Path(frame.f_code.co_filename).name not in ("publish.py", "contextlib.py", "tempfile.py"):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGTERM)
        return trace
    with Stops() as stops:
        sys.settrace(trace)
        try:
            replace(stops)
        except Stopped:
            return True
        finally:
            sys.settrace(None)
    return None if left <= 0 else False  # None: the signal came too late

ENDS = True, False, None
wrong = []
for line in itertools.count(1):
    for name, data in old.items():
        output.with_name(name).write_bytes(data)
    child = os.fork()  # what is open when it ends, the system closes
    if child == 0:
        end = ENDS.index(stopped_at(line))
        gc.collect()  # what the traceback holds, as when Python ends
        os._exit(end)
    stopped = ENDS[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]
    if found() != (old if stopped else new):
        wrong.append((line, stopped, sorted(found())))
        [path.unlink() for path in output.parent.glob("*.part")]
    if stopped is False:
        break
print(json.dumps({"lines": line, "wrong": wrong}))
"""


def test_a_signal_at_any_line_that_puts_files_in_place_leaves_the_old_ones_or_the_new_ones(root, folder, tmp_path):
    (tmp_path / "new").mkdir()
    with recognition.build.publish.replacing(tmp_path / "new/recognition.db") as part:
        part.write_bytes(database("other"))
    ended = run(root, folder, "-c", AT_EACH_LINE, tmp_path / "new/recognition.db", folder / "recognition.db")
    found = json.loads(ended.stdout)
    assert found["wrong"] == [] and found["lines"] > 50


# Sends a signal when Python is asked for a module.
LOADING = """
import os, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("module", ["argparse", "sqlite3", "importlib.resources", "yaml", "recognition.build.summary"])
def test_a_signal_while_the_program_loads_is_one_line(module, number, root, folder, tmp_path):
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier/sitecustomize.py").write_text(LOADING.format(module=module, number=int(number)))
    ended = run_beside(root, folder, tmp_path / "earlier")
    line = f"The database was not built: stopped by {number.name}\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + number, "", line)
    assert contents(folder) == OLD


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize(("output", "status"), [("recognition.db", 0), ("", 1)])
def test_a_signal_when_all_is_said_does_not_change_the_status(
    output, status, number, root, folder, short_sources, tmp_path
):
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier/sitecustomize.py").write_text(
        f"import atexit, os\natexit.register(os.kill, os.getpid(), {int(number)})\n"
    )
    arguments = ("--sources", short_sources, "--output", output)
    assert run_beside(root, folder, tmp_path / "earlier", *arguments).returncode == status


def run_beside(root, folder, earlier, *arguments):
    """Run the command with a module sitecustomize, which Python loads when it starts."""
    command = [sys.executable, root / "build_db.py", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(earlier)}
    pipes = {"capture_output": True, "text": True, "preexec_fn": as_in_a_terminal}
    return subprocess.run(command, cwd=folder, env=environment, timeout=PATIENCE, **pipes)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_that_comes_where_python_cannot_raise_is_not_lost(number, root, folder, short_sources):
    what = f"""
class Last:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})
last = Last()
del last
"""
    ended = changed(root, folder, short_sources, what, "check")
    assert ended.returncode == 128 + number
    assert ended.stderr.endswith(f"recognition.db was not built: stopped by {number.name}\n")
    assert contents(folder) == OLD


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_during_the_exchange_of_the_files_comes_too_late(number, root, folder, short_sources, short_built):
    what = f"""
replace = os.replace
def signalled(*arguments):
    os.kill(os.getpid(), {int(number)})
    replace(*arguments)
os.replace = signalled
"""
    ended = changed(root, folder, short_sources, what, "check")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert contents(folder) == short_built


def test_a_signal_that_was_ignored_stays_ignored(root, folder, short_sources):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does

    what = CHANGED.format(step="load", what="os.kill(os.getpid(), signal.SIGHUP)")
    command = f"{what}sys.exit(build_db.main(['--sources', {str(short_sources)!r}]))"
    ended = run(root, folder, "-c", command, preexec_fn=ignore)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("step", STEPS)
def test_too_little_memory_is_one_line(step, root, folder, short_sources):
    """What is there is used up, as it is on a small machine; Python itself has started."""
    what = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1, 1)); held = [bytes(2**20) for _ in range(10**6)]"
    )
    ended = changed(root, folder, short_sources, what, step)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("recognition.db was not built: there is not enough memory; ")
    assert ended.stderr.count("\n") == 1
    assert contents(folder) == OLD


# The first two are too little to load the program, the others to build. With some more, small objects may take the last bytes:
# then Python 3.11 itself aborts or runs in circles, where it has no room for what an exception needs.
@pytest.mark.parametrize("megabytes", [25, 30, 35, 40])
def test_little_memory_from_the_start_is_one_line_or_enough(megabytes, root, folder, short_sources):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)

    ended = run(root, folder, root / "build_db.py", "--sources", short_sources, preexec_fn=limit)
    if ended.returncode:
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
        assert "Traceback" not in ended.stderr
        assert contents(folder) == OLD


@pytest.mark.parametrize("stdout", ["a closed pipe", "a full disk", "nothing"])
def test_a_build_whose_summary_nobody_can_read_is_built(stdout, root, folder, short_sources, short_built):
    reading, writing = os.pipe()
    os.close(reading)
    options = {
        "a closed pipe": {"stdout": writing},
        "a full disk": {"stdout": os.open("/dev/full", os.O_WRONLY)},
        "nothing": {"preexec_fn": lambda: os.close(1)},
    }[stdout]
    ended = run(root, folder, root / "build_db.py", "--sources", short_sources, **options)
    os.close(writing)
    assert ended.returncode == 0
    reasons = {"a closed pipe": "Broken pipe", "a full disk": "No space left on device"}
    line = f"recognition.db was built; what is in it could not be printed: {reasons.get(stdout)}\n"
    assert ended.stderr == ("" if stdout == "nothing" else line)
    assert contents(folder) == short_built


@pytest.mark.parametrize("close", [lambda: os.close(2), lambda: (os.close(1), os.close(2))])
def test_a_refusal_that_nobody_can_read_keeps_its_status(close, root, folder):
    assert run(root, folder, root / "build_db.py", "--output", "", preexec_fn=close).returncode == 1


ERRORS = ["RuntimeError('a\\nb')", "RecursionError()", "KeyError(1)", "AssertionError"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", ERRORS)
def test_a_fault_of_the_program_is_one_line(error, step, root, folder, short_sources):
    ended = changed(root, folder, short_sources, f"raise {error}", step)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
    assert ended.stderr.startswith(f"recognition.db was not built: the program has a fault ({error.split('(')[0]} in ")
    assert ended.stderr.endswith("report what --traceback prints\n")
    assert contents(folder) == OLD


@pytest.mark.parametrize("step", [STEPS[0], STEPS[-1]])
@pytest.mark.parametrize("error", ERRORS)
def test_more_is_said_of_a_fault_where_that_is_asked_for(error, step, root, folder, short_sources):
    ended = changed(root, folder, short_sources, f"raise {error}", step, "--traceback")
    assert ended.stderr.startswith("Traceback") and "recognition.db was not built: " in ended.stderr
    assert contents(folder) == OLD


def test_help_names_every_status(root, folder):
    said = " ".join(run(root, folder, root / "build_db.py", "--help").stdout.split())
    assert "0 built; 1 not built" in said and "129, 130 or 143 stopped by" in said


def test_a_wrong_command_line_has_status_2(root, folder):
    assert run(root, folder, root / "build_db.py", "--outptu", "x.db").returncode == 2
