"""Ends a build on Ctrl-C and on the signals that ask for its end: its files are removed, and one line says why."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # SIGHUP comes when a terminal is closed; Windows has none


class Stopped(BaseException):
    """A signal asked for the end. `status` is the exit status that shells expect: 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number
        super().__init__(f"stopped by {signal.Signals(number).name}")


class Stops:
    """Within `with Stops() as stops`, the first signal raises Stopped; a second one does not disturb what it ends.

    What was ignored before (`nohup`) stays ignored.
    """

    def __init__(self) -> None:
        self.received: Stopped | None = None
        self.is_late = False
        self.before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Stops:
        if threading.current_thread() is threading.main_thread():  # the only one that may have handlers
            numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
            for number in numbers:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self.before[number] = signal.signal(number, self.receive)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

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
