"""What a site says of itself to the modules of this package."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datasette.app import Datasette


@dataclass(frozen=True, slots=True)
class Label:
    """What rows that leave the site say of themselves: in the names of files, and in headers besides.

    A file is called '<begins><what it is><edition><day>.csv'; the day is that of the edition, `published_on` the same alone.
    """

    begins: str = ""
    edition: str = ""
    day: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    published_on: str = ""  # an ISO day; since then, at the latest, the file is as it is


Labels = Callable[[Datasette], Awaitable[Label]]


async def no_label(_: Datasette) -> Label:
    return Label()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The site that is served. `metadata.yml` describes the tables and columns that its database must have."""

    database: str  # its name; the file is '<database>.db'
    build_again: str  # what to do where the file is missing or damaged, as a clause: 'run make build'
    in_workers: str  # a module that imports little, for the processes with visitors' SQL, see `worker.main`
    indexes: tuple[str, ...] = ()  # tables that the site needs and metadata.yml does not describe
    own_pages: tuple[str, ...] = ()  # tables whose rows have pages of the site's own
    places: frozenset[str] = frozenset()  # words of addresses that name a page, not what somebody looks for
    # The address of the page that a path at which there is nothing means, in another spelling; None where it means none.
    plain_address: Callable[[Datasette, str], Awaitable[str | None]] | None = None
    # What was at a path, in another edition, at which there is nothing now, in sentences; None where nothing was.
    gone: Callable[[Datasette, str], Awaitable[str | None]] | None = None
    # The names of the parameters that the page at a path knows; None for one that reads whatever it is asked for.
    parameters: Callable[[str], Collection[str] | None] = lambda path: None
    label: Labels = no_label  # of the files that its rows are sent as
    headers: tuple[str, ...] = ()  # of its own answers, which scripts of other sites may read
    # The methods of the paths that take others than all that is only read, in canonical spelling.
    methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bundles: str = ""  # a folder beside the database whose zips are sent as they are, below a path of the same name
    framed: tuple[str, ...] = ()  # how the paths begin of pages that any other site may show in a frame
    fonts: Path | None = None  # a folder with the fonts of pictures, see `pictures`; None for a site that draws none
    keep_answers: bool = True  # False: each request is answered afresh, for measurements

    @property
    def file(self) -> str:
        return f"{self.database}.db"

    def is_file(self, path: str) -> bool:
        """Whether what is at a path is sent as it is on the disk, with headers of its own, and not made."""
        is_bundle = bool(self.bundles) and path.startswith(f"/{self.bundles}/") and path.endswith(".zip")
        return is_bundle or path == f"/{self.file}"
