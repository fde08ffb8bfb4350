"""What a site says of itself to the modules of this package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What visitors' own questions to the database may take."""

    waiting_for_tables: int = 64  # requests that run or wait for the thread of tables; most take milliseconds
    waiting_for_sql: int = 16  # and for the thread of SQL; each may take as long as Datasette's time limit
    retry_after: int = 2  # seconds after which most of them are done
    facets: int = 10  # of one request; each is a query with a time limit of its own
    cells_of_a_page: int = 6_000  # a cell of a page costs some 20 microseconds, in which nobody else is answered
    cells_of_data: int = 50_000  # a cell of JSON or CSV costs a tenth of that
    bytes: int = 5_000_000  # of the values of one answer
    heap: int = 128 * 2**20  # bytes that SQLite may hold in this process, all connections together


@dataclass(frozen=True, slots=True)
class Configuration:
    """The site that is served. `metadata.yml` describes the tables and columns that its database must have."""

    database: str  # its name; the file is '<database>.db'
    build_again: str  # what to do where the file is missing or damaged, as a clause: 'run make build'
    indexes: tuple[str, ...] = ()  # tables that the site needs and metadata.yml does not describe
    own_pages: tuple[str, ...] = ()  # tables whose rows have pages of the site's own
    places: frozenset[str] = frozenset()  # words of addresses that name a page, not what somebody looks for
    keep_answers: bool = True  # False: each request is answered afresh, for measurements
    limits: Limits = Limits()

    @property
    def file(self) -> str:
        return f"{self.database}.db"
