"""Ends a build on Ctrl-C and on the signals that ask for its end: its files are removed, and one line says why."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from types import FrameType, TracebackType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP comes when a terminal is closed; Windows has none


def handle_until_begun() -> None:
    """For a program that still loads what it needs: until `Stops` takes over, a signal ends it with one line."""
    for number in signals():
        signal.signal(number, end_at_once)


def signals() -> list[signal.Signals]:
    """Returns the signals that end a build; those that are ignored (`nohup`) stay ignored."""
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def end_at_once(number: int, frame: FrameType | None) -> None:
    """Ends the process, which has done nothing yet."""
    with suppress(OSError):
        os.write(2, f"The database was not built: stopped by {signal.Signals(number).name}\n".encode())
    os._exit(128 + number)


class Stopped(BaseException):
    """A signal asked for the end. `status` is the exit status that shells expect: 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number
        super().__init__(f"stopped by {signal.Signals(number).name}")


class Stops:
    """Within `with Stops() as stops`, the first signal raises Stopped; a second one does not disturb what it ends."""

    def __init__(self) -> None:
        self.received: Stopped | None = None
        self.is_late = False
        self.before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Stops:
        if threading.current_thread() is threading.main_thread():  # the only one that may have handlers
            for number in signals():
                self.before[number] = signal.signal(number, self.receive)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self.before.items():
            # The program has said how the build ended, and ends: a signal must not make its exit status another one.
            signal.signal(number, signal.SIG_IGN if handler is end_at_once else handler)  # type: ignore[arg-type]

    def receive(self, number: int, frame: FrameType | None) -> None:
        if self.is_late or self.received:
            return
        self.received = Stopped(number)
        raise self.received

    def ignore(self) -> None:
        """From now on signals are ignored: the files are exchanged, and the build ends in a moment.

        Raises Stopped where one came that got lost, since it came where Python cannot raise anything.
        """
        self.is_late = True
        if self.received:
            raise self.received
