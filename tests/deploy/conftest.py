"""What the deployment tests share: nginx with the repository's configuration before two replicas, on loopback."""

import json
import shutil
import sqlite3
import sys

import httpx
import pytest

from deploy.loopback import HOST, Proxy, Replica, delivered
from recognition.build.publish import inspect
from tests import programs
from tests.patience import PATIENCE, unhurried


@pytest.fixture(scope="session")
def nginx_program():
    """The path of an nginx; without one the test fails and says what to install."""
    try:
        return programs.ready("nginx")
    except programs.NotThere as problem:
        pytest.fail(str(problem), pytrace=False)


@pytest.fixture(scope="package")
def edition(root, built, tmp_path_factory):
    """A folder with the built edition."""
    return unhurried(delivered(root, built, tmp_path_factory.mktemp("edition") / "site"))


@pytest.fixture(scope="package")
def next_edition(root, built, tmp_path_factory):
    """A folder with another edition: another name for Ghana."""
    changed = tmp_path_factory.mktemp("built-next") / "recognition.db"
    shutil.copy(built, changed)
    connection = sqlite3.connect(changed)
    with connection:
        connection.execute("update countries set name = 'Ghana as renamed' where id = 'ghana'")
    connection.close()
    changed.with_name("inspect-data.json").write_text(json.dumps(inspect(changed, changed)))
    return unhurried(delivered(root, changed, tmp_path_factory.mktemp("next") / "site"))


@pytest.fixture(scope="package")
def start_replica():
    """start_replica(folder) serves a folder on a free port until the tests end."""
    started = []

    def start_replica(folder):
        started.append(Replica(folder))
        return started[-1]

    yield start_replica
    for replica in started:
        replica.stop()


@pytest.fixture(scope="package")
def replicas(edition, start_replica):
    return [start_replica(edition), start_replica(edition)]


@pytest.fixture(scope="package")
def next_replicas(next_edition, start_replica):
    return [start_replica(next_edition), start_replica(next_edition)]


@pytest.fixture(scope="package")
def start_proxy(nginx_program, tmp_path_factory):
    """start_proxy(replicas, changes of the configuration) runs nginx before them until the tests end."""
    started = []

    def start_proxy(replicas, changes=None):
        folder = tmp_path_factory.mktemp("nginx")
        started.append(Proxy(nginx_program, folder, [replica.port for replica in replicas], changes))
        return started[-1]

    yield start_proxy
    for proxy in started:
        proxy.stop()


@pytest.fixture(scope="package")
def proxy(replicas, start_proxy):
    return start_proxy(replicas)


class Visitor:
    """A client of the site. Each has an address of its own, by which nginx counts questions."""

    met = 0

    def __init__(self, proxy):
        Visitor.met += 1
        self.address = f"127.0.1.{Visitor.met}" if sys.platform == "linux" else "127.0.0.1"
        self.proxy = proxy
        self.trust = proxy.trust()
        transport = httpx.HTTPTransport(local_address=self.address, verify=self.trust)
        self.client = httpx.Client(transport=transport, timeout=PATIENCE)

    def ask(self, path, method="GET", name=HOST, content=None, **headers):
        """Ask for a path under a host's name; headers as keywords, and none by itself but the host's name."""
        wanted = {"host": name, "accept-encoding": "identity"} | {k.replace("_", "-"): v for k, v in headers.items()}
        request = self.client.build_request(method, f"{self.proxy.address}{path}", headers=wanted, content=content)
        request.extensions["sni_hostname"] = HOST
        return self.client.send(request)


@pytest.fixture
def visitor(proxy):
    return Visitor(proxy)


@pytest.fixture
def new_visitor():
    return Visitor
