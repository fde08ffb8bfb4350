"""An nginx is found where there is one, installed where there is none, and asked for where that cannot be done."""

import nginx
import pytest

NOWHERE = "/nowhere/nginx"
GOOD = "#!/bin/sh\necho nginx version: nginx/1.22.1 >&2; echo configure arguments: --with-http_v2_module >&2\n"


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without an nginx, on which one may be put at the path that is returned."""
    monkeypatch.delenv(nginx.VARIABLE, raising=False)
    monkeypatch.setattr(nginx, "PLACES", (str(tmp_path / "nginx"),))
    monkeypatch.setattr(nginx.shutil, "which", lambda name: None if name == "nginx" else f"/usr/bin/{name}")
    return tmp_path / "nginx"


def test_the_variable_names_the_program(bare, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.write_text(GOOD)
    other.chmod(0o755)
    monkeypatch.setenv(nginx.VARIABLE, str(other))
    assert nginx.find() == str(other)
    monkeypatch.setenv(nginx.VARIABLE, NOWHERE)
    with pytest.raises(nginx.NoNginx, match="NGINX_BIN is '/nowhere/nginx', no nginx with TLS and HTTP/2"):
        nginx.find()


def test_what_is_missing_is_installed_once(bare, putting, monkeypatch):
    monkeypatch.setattr(nginx, "ways_to_install", lambda missing: [putting(bare, GOOD)])
    assert nginx.find() is None and nginx.missing() == ["nginx-light"]
    assert nginx.install() == str(bare)
    monkeypatch.setattr(nginx, "ways_to_install", lambda missing: pytest.fail("it is installed already"))
    assert nginx.install() == str(bare)


def test_an_nginx_without_what_is_asked_for_is_none(bare):
    bare.write_text(GOOD.replace("--with-http_v2_module", ""))
    bare.chmod(0o755)
    assert nginx.find() is None


def test_without_any_way_it_says_what_to_install(bare, monkeypatch):
    monkeypatch.setattr(nginx, "ways_to_install", lambda missing: [["false"]])
    with pytest.raises(nginx.NoNginx, match="could not install it: .*'apt-get install nginx-light'"):
        nginx.install()
    monkeypatch.setattr(nginx, "find", lambda: NOWHERE)
    monkeypatch.setattr(nginx.shutil, "which", lambda name: None)
    with pytest.raises(nginx.NoNginx, match="^The deployment tests need openssl .*'apt-get install openssl'"):
        nginx.install()
