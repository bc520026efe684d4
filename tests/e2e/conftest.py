"""A browser, a service to visit, and jobs on it. With JOBLEDGER_URL the service is one that runs already."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from jobledger.database import Database
from support.browser import executable
from support.databases import Template
from support.service import on, serving
from support.visiting import FLAGS, Visitors

Report = Callable[..., str]


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """A service that other tests and people use too: names must be unique, and counts prove nothing."""
    given = os.environ.get("JOBLEDGER_URL")
    if given:
        yield given.rstrip("/")
        return
    template: Template = request.getfixturevalue("template")
    with template.clone() as database, serving(on(database)) as service:
        yield service.url


# Not for the whole session: while Playwright runs, its loop is this thread's, and nobody else could run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = executable()
    assert path is not None, "The browser tests need Chromium: run `make browser`."
    is_root = os.geteuid() == 0
    with sync_playwright() as playwright:
        expect.set_options(timeout=10_000)
        flags = [*FLAGS, "--no-sandbox"] if is_root else FLAGS
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visitors(address: str, browser: Browser) -> Iterator[Visitors]:
    yield from _watched(browser, address)


@pytest.fixture
def own_database(template: Template) -> Iterator[Database]:
    """A ledger that only this test has, made where no loop is running."""
    clone = template.clone()
    with ThreadPoolExecutor(1) as elsewhere:
        database = elsewhere.submit(clone.__enter__).result()
        yield database
        elsewhere.submit(clone.__exit__, None, None, None).result()


@pytest.fixture
def own_visitors(own_database: Database, browser: Browser) -> Iterator[Visitors]:
    with serving(on(own_database)) as service:
        yield from _watched(browser, service.url)


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def unique() -> str:
    """Something to have in a name."""
    return uuid4().hex[:10]


@pytest.fixture
def report(api: httpx.Client) -> Report:
    """Another program: creates a job of this name, reports these statuses, and gives its id."""

    def report(name: str, *statuses: str, **more: Any) -> str:
        job_id = str(api.post("/api/jobs/", json={"name": name}).raise_for_status().json()["id"])
        for status in statuses:
            api.patch(f"/api/jobs/{job_id}/", json={"status_type": status, **more}).raise_for_status()
        return job_id

    return report


def _watched(browser: Browser, address: str) -> Iterator[Visitors]:
    visitors = Visitors(browser, address)
    yield visitors
    visitors.leave()
    assert not visitors.wrongs
