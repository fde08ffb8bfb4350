"""Limits what visitors' SQL may use: a thread of its own, a time limit, and caps on rows, cells, bytes and memory.

Three kinds of request have threads of their own, so that none of them waits for another: the site's pages, Datasette's
tables with filters and facets, and SQL that a visitor wrote.
"""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import BadRequest, Base400

from .asgi import App, Message, Receive, Scope, Send
from .configuration import Configuration
from .refusals import refuse

OURS, TABLES, SQL = "ours", "tables", "sql"
VISITORS = (TABLES, SQL)
DATA = (".json", ".csv", ".blob")
# Requests that run or wait for a thread. Most of tables take milliseconds; SQL may take Datasette's whole time limit.
WAITING_AT_MOST = {TABLES: 64, SQL: 16}
RETRY_AFTER = 2  # seconds after which most of them are done
FACETS_AT_MOST = 10  # of one request; each is a query with a time limit of its own
CELLS_OF_A_PAGE = 6_000  # a cell of a page costs some 20 microseconds, in which nobody else is answered
CELLS_OF_DATA = 50_000  # a cell of JSON or CSV costs a tenth of that
BYTES_AT_MOST = 5_000_000  # of the values of one answer
HEAP = 128 * 2**20  # bytes that SQLite may hold in this process, all connections together
LOOK_EVERY = 0.01  # seconds between two looks at a running query of a visitor
DENIED_PRAGMA = "database_list"  # would show where on the machine the file is
# Of one connection, in SQLite's own terms. A site's own pages need a hundredth of each.
SQLITE_LIMITS = {
    "SQLITE_LIMIT_LENGTH": 1_000_000,  # bytes of a value or a row: `select randomblob(500000000)` ends here
    "SQLITE_LIMIT_SQL_LENGTH": 50_000,
    "SQLITE_LIMIT_COLUMN": 100,
    "SQLITE_LIMIT_EXPR_DEPTH": 200,
    "SQLITE_LIMIT_COMPOUND_SELECT": 50,
    "SQLITE_LIMIT_LIKE_PATTERN_LENGTH": 1_000,
    "SQLITE_LIMIT_ATTACHED": 0,
    "SQLITE_LIMIT_TRIGGER_DEPTH": 0,
    "SQLITE_LIMIT_WORKER_THREADS": 0,
}

Asked = dict[str, list[str]]  # parameters of an address by name


class TooBusy(Base400):
    """More visitors ask than can be answered soon."""

    status = 503


class Budget:
    """What is left of the cells and bytes that one request may read."""

    def __init__(self, page: bool, file: str) -> None:
        """`page`: the answer is a page, not data. `file` is the name of the download, for the sentence."""
        self.page = page
        self.file = file
        self.renew()

    def renew(self) -> None:
        self.cells = CELLS_OF_A_PAGE if self.page else CELLS_OF_DATA
        self.bytes = BYTES_AT_MOST

    def spend(self, row: tuple[Any, ...]) -> None:
        """Count a row; raise sqlite3.OperationalError with a sentence where the budget is spent."""
        self.cells -= len(row)
        self.bytes -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if self.cells >= 0 and self.bytes >= 0:
            return
        if self.bytes < 0:
            said = f"more than {BYTES_AT_MOST:,} bytes; ask for fewer or shorter values, or download {self.file}"
        elif self.page:
            said = (
                f"more than {CELLS_OF_A_PAGE:,} cells are too many for a page; ask for fewer rows or "
                "columns, or for data: .json or .csv behind the address"
            )
        else:
            said = f"more than {CELLS_OF_DATA:,} cells; ask for fewer rows or columns"
        self.renew()  # for the page that says so
        raise sqlite3.OperationalError(said)


share_of = contextvars.ContextVar("share_of", default=OURS)
budget_of: contextvars.ContextVar[Budget | None] = contextvars.ContextVar("budget_of", default=None)


class Stoppable(sqlite3.Connection):
    """A connection whose queries are ended from outside when their time is over.

    Datasette gives SQLite a Python function to call after every thousand steps. That takes the interpreter's lock ten
    thousand times a second, for which the site's pages wait; this asks the same function a hundred times a second.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_over: Callable[[], Any] | None = None
        self.lock = threading.Lock()
        self.running = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def set_progress_handler(self, is_over: Callable[[], Any] | None, _steps: int, /) -> None:
        with self.lock:
            self.is_over = is_over
        if is_over:
            self.running.set()
        else:
            self.running.clear()

    def watch(self) -> None:
        while True:
            self.running.wait()
            time.sleep(LOOK_EVERY)
            with self.lock:  # a query that ended just now must not take the next one with it
                if self.is_over and self.is_over():
                    self.interrupt()


class Shares(Executor):
    """The threads that run SQL, divided into shares: whatever one share does, the threads of the others are free."""

    def __init__(self, threads: int) -> None:
        """`threads` in all, of which tables and visitors' SQL have one each."""
        self.sizes = {OURS: max(1, threads - len(VISITORS)), TABLES: 1, SQL: 1}
        self.pools = {share: ThreadPoolExecutor(size, thread_name_prefix=share) for share, size in self.sizes.items()}

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self.pools[share_of.get()].submit(contextvars.copy_context().run, alone, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for pool in self.pools.values():
            pool.shutdown(wait, cancel_futures=cancel_futures)


def alone(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run `fn` and leave no cursor to another thread.

    A query that fails leaves its cursor in the traceback. Whoever drops that later resets the cursor, and waits for the
    next query on its connection while holding the interpreter's lock: the site's pages did not answer for seconds.
    """
    try:
        return fn(*args, **kwargs)
    except BaseException as raised:
        error: BaseException | None = raised
        while error is not None:
            traceback.clear_frames(error.__traceback__)
            error = error.__context__
        raise


def share(path: str, asked: Asked, database: str) -> str:
    """OURS, TABLES or SQL: which threads run the SQL of an address (its path on the site, its parameters)."""
    if path != f"/{database}" and not path.startswith((f"/{database}/", f"/{database}.")):
        return OURS
    if "sql" in asked or "_where" in asked:
        return SQL
    return TABLES if asked else OURS


def spent_row(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
    budget = budget_of.get()
    if budget is not None:
        budget.spend(row)
    return sqlite3.Row(cursor, row)


def refuse_paths(action: int, argument: str | None, *_: object) -> int:
    """SQLite's authorizer for visitors' SQL."""
    denied = action == sqlite3.SQLITE_PRAGMA and argument == DENIED_PRAGMA
    return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK


def prepare_connection(connection: sqlite3.Connection) -> None:
    """Set the limits of a new connection; called in the thread that will use it."""
    for name, most in SQLITE_LIMITS.items():
        connection.setlimit(getattr(sqlite3, name), most)
    connection.execute(f"pragma hard_heap_limit = {HEAP}")
    thread = threading.current_thread().name
    if thread.startswith(VISITORS):
        connection.row_factory = spent_row
    if thread.startswith(SQL):
        connection.set_authorizer(refuse_paths)


async def startup(datasette: Datasette, configuration: Configuration) -> None:
    """Divide Datasette's threads into shares, and open the database in each of them.

    A file that is put in its place later must not answer for this edition.
    """
    if datasette.executor is None or isinstance(datasette.executor, Shares):
        return
    stock, datasette.executor = datasette.executor, Shares(datasette.setting("num_sql_threads"))
    stock.shutdown(wait=False)
    if configuration.database in datasette.databases:
        database = datasette.get_database(configuration.database)
        database.connect = connect(database)
        for name, size in datasette.executor.sizes.items():
            await asyncio.gather(*opened(database, name, size))


def connect(database: Database) -> Callable[..., sqlite3.Connection]:
    """Datasette's way to connect, but with queries that can be stopped in the threads of visitors."""
    stock: Callable[..., sqlite3.Connection] = database.connect

    def connect(write: bool = False) -> sqlite3.Connection:
        if not threading.current_thread().name.startswith(VISITORS):
            return stock(write)
        how = "mode=ro" if database.is_mutable else "immutable=1"
        return sqlite3.connect(f"file:{database.path}?{how}", uri=True, check_same_thread=False, factory=Stoppable)

    return connect


def opened(database: Database, name: str, size: int) -> list[asyncio.Task[None]]:
    """One query for each thread of a share; they wait for each other, so that no thread runs two of them."""
    together = threading.Barrier(size)

    def look(connection: sqlite3.Connection) -> None:
        connection.execute("select count(*) from sqlite_master").fetchone()
        together.wait(timeout=10)

    context = contextvars.copy_context()
    context.run(share_of.set, name)
    loop = asyncio.get_running_loop()
    return [loop.create_task(database.execute_fn(look), context=context.copy()) for _ in range(size)]


class Gate:
    """Gives each request its share and its budget; refuses visitors' questions while too many of them wait."""

    def __init__(self, app: App, datasette: Datasette, configuration: Configuration) -> None:
        self.app = app
        self.datasette = datasette
        self.configuration = configuration
        self.waiting = dict.fromkeys(VISITORS, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        name = share(path, asked, self.configuration.database)
        if name == OURS:
            await self.app(scope, receive, send)
        elif problem := self.problem(name, asked):
            await self.refuse(problem, scope, receive, send)
        else:
            # A table as CSV is read a thousand rows at a time: nothing of it is held.
            streamed, page = path.endswith(".csv") and "sql" not in asked, not path.endswith(DATA)
            budget = None if streamed else Budget(page, self.configuration.file)
            await self.within(name, budget, scope, receive, send)

    def problem(self, name: str, asked: Asked) -> Base400 | None:
        """Why a question to the database is not taken now; None where it is."""
        facets = sum(len(values) for key, values in asked.items() if key.startswith("_facet") and key != "_facet_size")
        if facets > FACETS_AT_MOST:
            return BadRequest(f"At most {FACETS_AT_MOST} facets at a time.")
        if self.waiting[name] >= WAITING_AT_MOST[name]:
            after = f"Try again in {RETRY_AFTER} seconds, or ask the file itself."
            return TooBusy(f"Too many others ask just now. {after}")
        return None

    async def within(self, name: str, budget: Budget | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app with a share; a request counts as waiting until its answer begins, however slow its reader is."""
        shared, given = share_of.set(name), budget_of.set(budget)
        self.waiting[name] += 1
        counted = True

        def begun() -> None:
            nonlocal counted
            self.waiting[name] -= counted
            counted = False

        async def begin(message: Message) -> None:
            begun()
            await send(message)

        try:
            await self.app(scope, receive, begin)
        finally:
            begun()
            share_of.reset(shared)
            budget_of.reset(given)

    async def refuse(self, problem: Base400, scope: Scope, receive: Receive, send: Send) -> None:
        response = await refuse(self.datasette, scope, receive, problem, self.configuration)
        if problem.status == 503:
            response.headers["Retry-After"] = str(RETRY_AFTER)
        await response.asgi_send(send)
