"""Keeps strangers' SQL harmless: a thread of its own, so that pages of ours never wait for it, and little of everything else."""

import asyncio
import contextvars
import sqlite3
import threading
import time
import traceback
from concurrent.futures import Executor, ThreadPoolExecutor
from urllib.parse import parse_qs

from datasette.utils.asgi import BadRequest, Base400

from .refusals import refuse

DATABASE = "recognition"
# Who asks: pages of ours; Datasette's tables and saved queries with filters, orders, facets; SQL that a stranger wrote.
OURS, TABLES, SQL = "ours", "tables", "sql"
STRANGERS = (TABLES, SQL)
# Requests of a share that run or wait for its thread; each of SQL may take as long as the time limit, most tables milliseconds.
WAITING_AT_MOST = {TABLES: 64, SQL: 16}
RETRY_AFTER = "2"  # seconds after which most of them are done
FACETS_AT_MOST = 10  # each is a query with a time limit of its own
# Of one answer. A cell of a page costs some 20 microseconds, in which nobody else is answered; one of data a tenth.
CELLS_OF_A_PAGE = 6_000
CELLS_OF_DATA = 50_000
BYTES_AT_MOST = 5_000_000
DATA = (".json", ".csv", ".blob")
LOOK_EVERY = 0.01  # seconds after which a stranger's query is looked at again
# Of one connection, in SQLite's own terms. The data needs a hundredth of each.
LIMITS = {
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
HEAP = "pragma hard_heap_limit = 134217728"  # bytes that SQLite may hold in this process, all connections together

share_of = contextvars.ContextVar("share_of", default=OURS)
budget_of = contextvars.ContextVar("budget_of", default=None)


class TooBusy(Base400):
    """More strangers ask than can be answered soon."""

    status = 503


class Budget:
    """What is left of the cells and bytes that one request may read."""

    def __init__(self, page):
        """`page`: the answer is to be a page, not data."""
        self.page = page
        self.renew()

    def renew(self):
        self.cells, self.bytes = CELLS_OF_A_PAGE if self.page else CELLS_OF_DATA, BYTES_AT_MOST

    def spend(self, row):
        """Count a row; raise OperationalError with a sentence for its reader where the budget does not have it."""
        self.cells -= len(row)
        self.bytes -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if self.cells >= 0 and self.bytes >= 0:
            return
        if self.bytes < 0:
            said = f"more than {BYTES_AT_MOST:,} bytes; ask for fewer or shorter values, or download recognition.db"
        elif self.page:
            said = (
                f"more than {CELLS_OF_A_PAGE:,} cells are too many for a page; ask for fewer rows or columns, "
                "or for data: .json or .csv behind the address"
            )
        else:
            said = f"more than {CELLS_OF_DATA:,} cells; ask for fewer rows or columns"
        self.renew()  # for the page that says so
        raise sqlite3.OperationalError(said)


class Stoppable(sqlite3.Connection):
    """A connection whose queries are ended from outside when their time is over.

    Datasette gives SQLite a function of Python to call after every thousand steps. That takes the interpreter's lock
    ten thousand times a second, for which pages of ours wait; this asks the same function a hundred times a second.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_over = None
        self.lock = threading.Lock()
        self.running = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def set_progress_handler(self, is_over, _steps):
        with self.lock:
            self.is_over = is_over
        self.running.set() if is_over else self.running.clear()

    def watch(self):
        while True:
            self.running.wait()
            time.sleep(LOOK_EVERY)
            with self.lock:  # a query that ended just now must not take the next one with it
                if self.is_over and self.is_over():
                    self.interrupt()


class Shares(Executor):
    """The threads that run SQL, each share its own: whatever one of them does, the threads of the others are free."""

    def __init__(self, threads):
        """`threads` in all, of which tables and strangers' SQL have one each."""
        sizes = {OURS: max(1, threads - len(STRANGERS)), TABLES: 1, SQL: 1}
        self.pools = {share: ThreadPoolExecutor(size, thread_name_prefix=share) for share, size in sizes.items()}
        self.sizes = sizes

    def submit(self, fn, /, *args, **kwargs):
        return self.pools[share_of.get()].submit(contextvars.copy_context().run, alone, fn, *args, **kwargs)

    def shutdown(self, wait=True, *, cancel_futures=False):
        for pool in self.pools.values():
            pool.shutdown(wait, cancel_futures=cancel_futures)


def alone(fn, *args, **kwargs):
    """Run `fn` and leave no cursor to another thread.

    A query that fails leaves its cursor in the traceback. Whoever drops that later resets the cursor, and waits for the
    next query on its connection while holding the interpreter's lock: pages of ours stood still for seconds.
    """
    try:
        return fn(*args, **kwargs)
    except BaseException as error:
        while error is not None:
            traceback.clear_frames(error.__traceback__)
            error = error.__context__
        raise


def share(path, asked):
    """Whose SQL an address of this site runs: its path without the base of the site, its parameters by name."""
    if path != f"/{DATABASE}" and not path.startswith((f"/{DATABASE}/", f"/{DATABASE}.")):
        return OURS
    if "sql" in asked or "_where" in asked:
        return SQL
    return TABLES if asked else OURS


def spent_row(cursor, row):
    budget = budget_of.get()
    if budget is not None:
        budget.spend(row)
    return sqlite3.Row(cursor, row)


def refuse_paths(action, argument, *_):
    """SQLite's authorizer: 'pragma database_list' would show where on the machine the file lies."""
    return sqlite3.SQLITE_DENY if action == 19 and argument == "database_list" else sqlite3.SQLITE_OK


def prepare_connection(conn):
    for name, most in LIMITS.items():
        conn.setlimit(getattr(sqlite3, name), most)
    conn.execute(HEAP)
    if threading.current_thread().name.startswith(STRANGERS):
        conn.row_factory = spent_row
    if threading.current_thread().name.startswith(SQL):
        conn.set_authorizer(refuse_paths)


def startup(datasette):
    async def divide():
        if datasette.executor is None or isinstance(datasette.executor, Shares):
            return
        stock, datasette.executor = datasette.executor, Shares(datasette.setting("num_sql_threads"))
        stock.shutdown(wait=False)
        if DATABASE not in datasette.databases:
            return
        database = datasette.get_database(DATABASE)
        database.connect = connect(database)
        # Every thread opens the file now: a file put in its place later must not answer for this edition.
        for name, size in datasette.executor.sizes.items():
            await asyncio.gather(*opened(database, name, size))

    return divide


def connect(database):
    """Datasette's way to connect, but for the threads of strangers with queries that can be stopped."""
    stock = database.connect

    def connect(write=False):
        if not threading.current_thread().name.startswith(STRANGERS):
            return stock(write)
        how = "mode=ro" if database.is_mutable else "immutable=1"
        return sqlite3.connect(f"file:{database.path}?{how}", uri=True, check_same_thread=False, factory=Stoppable)

    return connect


def opened(database, name, size):
    """One query for each thread of a share; they wait for each other, so that no thread runs two of them."""
    together = threading.Barrier(size)

    def look(connection):
        connection.execute("select count(*) from sqlite_master").fetchone()
        together.wait(timeout=10)

    context = contextvars.copy_context()
    context.run(share_of.set, name)
    loop = asyncio.get_running_loop()
    return [loop.create_task(database.execute_fn(look), context=context.copy()) for _ in range(size)]


class Gate:
    """Gives each request its share and its budget; refuses strangers while too many of them wait."""

    def __init__(self, app, datasette):
        self.app = app
        self.datasette = datasette
        self.waiting = dict.fromkeys(STRANGERS, 0)

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope["path"].removeprefix(self.datasette.setting("base_url").rstrip("/"))
        asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        name = share(path, asked)
        if name == OURS:
            return await self.app(scope, receive, send)
        facets = sum(len(values) for key, values in asked.items() if key.startswith("_facet") and key != "_facet_size")
        if facets > FACETS_AT_MOST:
            return await self.refuse(BadRequest(f"At most {FACETS_AT_MOST} facets at a time."), scope, receive, send)
        if self.waiting[name] >= WAITING_AT_MOST[name]:
            busy = TooBusy(f"Too many others ask just now. Try again in {RETRY_AFTER} seconds, or ask the file itself.")
            return await self.refuse(busy, scope, receive, send)
        # A table that is streamed is read a thousand rows at a time: nothing of it is held.
        budget = None if "_stream" in asked and "sql" not in asked else Budget(page=not path.endswith(DATA))
        return await self.within(name, budget, scope, receive, send)

    async def within(self, name, budget, scope, receive, send):
        """Run the app with a share; a request counts as waiting until its answer begins, however slow its reader is."""
        shared, given = share_of.set(name), budget_of.set(budget)
        self.waiting[name] += 1
        counted = True

        def begun():
            nonlocal counted
            self.waiting[name] -= counted
            counted = False

        async def begin(message):
            begun()
            await send(message)

        try:
            await self.app(scope, receive, begin)
        finally:
            begun()
            share_of.reset(shared)
            budget_of.reset(given)

    async def refuse(self, problem, scope, receive, send):
        response = await refuse(self.datasette, scope, receive, problem)
        if problem.status == 503:
            response.headers["Retry-After"] = RETRY_AFTER
        await response.asgi_send(send)


