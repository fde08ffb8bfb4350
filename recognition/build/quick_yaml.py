"""Reads YAML in a tenth of the time where libyaml is there, which comes with PyYAML: half of what a small build takes."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

try:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:
    Loader: Any = yaml.SafeLoader
else:

    class Loader(Composer, CParser, SafeConstructor, Resolver):  # type: ignore[no-redef]
        """PyYAML's CSafeLoader, but that nesting without end is a RecursionError: that one would crash."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)


def safe_load(text: str) -> Any:
    """What yaml.safe_load returns and raises."""
    return yaml.load(text, Loader=Loader)
