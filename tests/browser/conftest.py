"""A reader for the browser tests: a tab of a real Chromium on the site that its launcher serves, and its complaints."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import programs
from tests.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def address(server):
    """Where the site is served."""
    return f"http://127.0.0.1:{server[0]}"


@contextmanager
def chromium():
    """A headless Chromium; without one the test fails and says what to install."""
    try:
        path = programs.ready("chromium")
    except programs.NotThere as problem:
        pytest.fail(str(problem), pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*programs.FLAGS], timeout=PATIENCE * 1000)
        yield started
        started.close()


# Playwright keeps an event loop running, beside which the in-process tests of other folders could not run theirs:
# it ends with this folder.
@pytest.fixture(scope="package")
def browser():
    with chromium() as started:
        yield started


class Reader:
    """A tab with no past. `complaints` is what went wrong in it: errors, failed requests, requests to another host."""

    def __init__(self, browser, address, **settings):
        self.address = address
        self.complaints = []
        self.asked = []  # addresses that it requested
        self.errors_wanted = set()
        self.context = browser.new_context(base_url=address, **settings)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.context.new_page()
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self.requested)
        self.page.on("requestfailed", self.failed)

    def open(self, path, status=200):
        """Goes to a page; one that is wanted to be an error may be complained about by the browser."""
        if status != 200:
            self.errors_wanted.add(self.address + path)
        response = self.page.goto(path)
        assert response.status == status, f"{path} answers {response.status}"
        return self.page

    def heard(self, message):
        if message.type == "error" and message.location["url"] not in self.errors_wanted:
            self.complaints.append(f"console: {message.text} at {message.location['url']}")

    def requested(self, request):
        self.asked.append(request.url)
        if urlsplit(request.url).netloc not in ("", urlsplit(self.address).netloc):  # data: and blob: have no host
            self.complaints.append(f"request to another host: {request.url}")

    def failed(self, request):
        if request.failure != "net::ERR_ABORTED":  # given up because the reader typed on or went on
            self.complaints.append(f"failed request: {request.url} {request.failure}")


@pytest.fixture
def new_reader(browser, address):
    """new_reader(**settings of the browser) opens a tab; at the end no tab may have anything to complain about."""
    readers = []

    def new_reader(**settings):
        readers.append(Reader(browser, address, **settings))
        return readers[-1]

    yield new_reader
    complaints = [complaint for reader in readers for complaint in reader.complaints]
    for reader in readers:
        reader.context.close()
    assert complaints == []


@pytest.fixture
def reader(new_reader):
    return new_reader()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def any_reader(new_reader, request):
    """The same visit twice: with JavaScript and without."""
    return new_reader(java_script_enabled=request.param)
