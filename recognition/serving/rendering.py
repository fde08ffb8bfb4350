"""Pages are made from templates in turns with all else, so that one large page holds up nobody."""

from __future__ import annotations

import time
from types import MethodType
from typing import Any

from jinja2 import Environment, Template

from .turns import give_way

TURN = 0.002  # seconds that a page is made before others may go on


class InTurns(Template):
    """A template that lets others go on after each turn; Jinja's own is rendered as a whole, as nothing in it has to wait."""

    async def render_async(self, *args: Any, **kwargs: Any) -> str:
        written: list[str] = []
        turn_ends = time.perf_counter() + TURN
        try:
            async for piece in self.root_render_func(self.new_context(dict(*args, **kwargs))):  # type: ignore[attr-defined]
                written.append(piece)
                if time.perf_counter() > turn_ends:
                    await give_way()
                    turn_ends = time.perf_counter() + TURN
        except Exception:  # as Jinja does: the lines in the traceback become those of the template
            self.environment.handle_exception()
        return "".join(written)


METHODS = frozenset(dir(dict))


def attribute(env: Environment, found: Any, name: str) -> Any:
    """What `found.name` is in a template. Jinja looks at a row for an attribute first, which is an exception for each column."""
    if type(found) is dict and name in found and name not in METHODS:
        return found[name]
    return Environment.getattr(env, found, name)


def in_turns(env: Environment) -> None:
    """Make all templates of `env` that are loaded from now on such templates."""
    env.template_class = InTurns
    env.getattr = MethodType(attribute, env)  # type: ignore[method-assign]
    # nobody edits templates of a site that is served: to look would take a call of the system for each
    env.auto_reload = False
