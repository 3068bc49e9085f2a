"""Streams on the server that an office really runs: told at once, and pages come all the same."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from caseflow import serving
from config import Settings
from tests.telephone.ringing import CALLER
from tests.web.site import Site
from tests.web.test_calls import RINGING, told


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    """Where the site is served by waitress."""
    server = serving.server(site.app, replace(Settings.read({}), host="127.0.0.1", port=0))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    streams = site.app.extensions["caseflow.streams"]
    looks, streams.looks = streams.looks, 0  # what is open ends at its next look
    server.task_dispatcher.shutdown()
    streams.looks = looks  # the application serves other tests too
    server.pull_trigger()
    server.close()
    thread.join()


def ask(site: Site, port: int, path: str) -> http.client.HTTPConnection:
    """Ask for a page as the operator, who is signed in."""
    client = site.as_("operator").client
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    name = site.app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    link.request("GET", path, headers={"Cookie": f"{name}={cookie.value}"})
    return link


def test_a_desk_hears_at_once_that_it_rings_while_others_open_pages(site: Site, port: int) -> None:
    with ExitStack() as held:
        links = [ask(site, port, f"{RINGING}/stream") for _ in range(8)]
        for link in links:
            held.callback(link.close)
        answers = [link.getresponse() for link in links]
        first = [answer.readline() for answer in answers]
        assert sorted(first) == [b"event: full\n"] * 4 + [b"retry: 1000\n"] * 4
        told(site, "ringing", number=CALLER)
        open_ = next(a for a, line in zip(answers, first, strict=True) if b"retry" in line)
        heard = iter(open_.readline, b"")
        assert b"event: rings\n" in heard
        page = ask(site, port, "/console/desk/calls")
        held.callback(page.close)
        assert page.getresponse().status == 200
