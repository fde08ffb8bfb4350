"""How long a test waits for what takes a moment: so long that it fails for what hangs, and never for a busy machine.

What is fast is measured in bench/; the long fuzzers (`make fuzz`) judge time too, on a machine with nothing else to do.
"""

import json
import os
from pathlib import Path

PATIENCE = 120  # seconds
IN_TIME = 5 if os.environ.get("FUZZ") == "long" else PATIENCE  # seconds for an answer of the site, or for a build


def unhurried(folder: Path) -> Path:
    """The folder, whose settings.json no longer ends SQL that takes as long as it may on a busy machine."""
    file = folder / "settings.json"
    limits = dict.fromkeys(("sql_time_limit_ms", "facet_time_limit_ms"), PATIENCE * 1000)
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | limits), "utf-8")
    return folder
