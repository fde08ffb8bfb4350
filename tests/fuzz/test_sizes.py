"""Articles of up to 100 MB, of the shapes that are hardest to read: refused in a sentence in bounded time and memory."""

import os
import resource
import subprocess
import sys

import pytest

from tests.patience import PATIENCE

MEGABYTES = 100 if os.environ.get("FUZZ") == "long" else 1
SECONDS_PER_MEGABYTE = 2  # of processor time
MEMORY_PER_BYTE, MEMORY_AT_LEAST = 30, 400_000_000

# Shapes of a text: how the line of the article begins behind which it is put, the piece that is repeated, how many of them make a line.
LINE = 900_000  # characters: as long as a line may be
PROSE, CONTENTS = "In 2008, Russia, China, and India asked", "- Positions Taken by International"
RECOGNITIONS, STATEMENTS = "17 February 2008 |", "Angola supports Serbia"
COUNTS, MEMBERS, ORGANISATIONS = (
    "The EU does not officially",
    "Member states (22 / 27)",
    "International Monetary Fund (IMF) |",
)
SHAPES = {
    "one line": (PROSE, "A", None),
    "blank lines": (PROSE, "", 1),
    "short lines": (PROSE, "x", 1),
    "paragraphs": (
        PROSE,
        "In 2013, Serbia and Kosovo made an agreement with 22 out of 27 countries in the European Union.",
        1,
    ),
    "capital letters in long lines": (PROSE, "A", LINE),
    "words in long lines": (PROSE, "Member States ", LINE // 14),
    "digits in long lines": (PROSE, "1", LINE),
    "shares in long lines": (PROSE, "1 out of 2 countries in the ", LINE // 28),
    "totals in long lines": (PROSE, "UN (total members 9) ", LINE // 21),
    "names in long lines": (PROSE, "Serbia and Kosovo, ", LINE // 19),
    "ends of sentences in long lines": (PROSE, 'A. "', LINE // 5),
    "image frames": (PROSE, "[[Image frame | caption= ", LINE // 25),
    "contents": (CONTENTS, "- Why Countries Disagree", 1),
    "headings": (PROSE, "Why Countries Disagree", 1),
    "rows of recognitions": (RECOGNITIONS, "1 | ![]() |\n1 May 2008 |", 1),
    "rows below a shared date": (RECOGNITIONS, "![]() |\n||", 1),
    "one row of recognitions": (RECOGNITIONS, "![", LINE),
    "borders": (RECOGNITIONS, "|", LINE),
    "statements": (STATEMENTS, "![]() |\nAngola will wait. |", 1),
    "rows of organisations": (ORGANISATIONS, "Interpol | Kosovo has tried to join Interpol. |", 1),
    "stated counts in long lines": (COUNTS, "Member states (22 / 27) ", LINE // 24),
    "counts without an end in long lines": (COUNTS, "A. Member states (22 / 27", LINE // 25),
    "members in long lines": (MEMBERS, "Austria † • ", LINE // 12),
    "lists of members": (MEMBERS, "Austria † • Spain", 1),
}


def enlarged(text, shape, size):
    """The article with a shape of so many bytes in it."""
    behind, piece, to_a_line = SHAPES[shape]
    line = piece * (to_a_line or size // len(piece))
    if behind == PROSE and to_a_line != 1:
        line = line.rstrip() + "x."  # to be taken for a paragraph
    lines = text.split("\n")
    behind = next(number for number, line in enumerate(lines, 1) if line.startswith(behind))
    return "\n".join([*lines[:behind], *[line] * max(1, size // (len(line.encode()) + 1)), *lines[behind:]])


@pytest.mark.sampled(8)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_huge_article_is_refused_or_built_in_bounded_time_and_memory(shape, root, sources_copy, seal, tmp_path):
    article = sources_copy / "article.txt"
    article.write_text(enlarged(article.read_text("utf-8"), shape, MEGABYTES * 1_000_000), "utf-8")
    size = article.stat().st_size
    seal(sources_copy)
    seconds = max(PATIENCE, SECONDS_PER_MEGABYTE * size // 1_000_000)
    memory = max(MEMORY_AT_LEAST, MEMORY_PER_BYTE * size)

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    command = [sys.executable, "-c", MEASURED, sources_copy, tmp_path / "recognition.db"]
    process = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, cwd=root)
    *said, used = process.stderr.splitlines() or [""]
    print(f"{shape}: {size:,} bytes, {used}, {len(said)} lines, {said[0][:100] if said else 'built'}")
    assert process.returncode in (0, 1), (
        f"ended with {process.returncode} after {seconds} s or less: {process.stderr[-1000:]}"
    )
    assert int(used.split()[2]) < memory
    assert not any("Traceback" in line for line in said)
    assert len(said) <= 102
    assert all(len(line) < 600 and line.isprintable() for line in said)
    if process.returncode:
        assert said[-1].startswith("recognition.db was not built: ")
        assert not (tmp_path / "recognition.db").exists()


# The command, which says at last how many seconds of processor time and bytes of memory it took.
MEASURED = """
import resource, sys
import build_db
try:
    status = build_db.main(["--sources", sys.argv[1], "--output", sys.argv[2]])
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{used.ru_utime + used.ru_stime:.1f} s {used.ru_maxrss * 1024} bytes", file=sys.stderr)
sys.exit(status)
"""
