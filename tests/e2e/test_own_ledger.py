"""What needs a service that a test may stop, and a ledger in which nobody else writes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Locator, Page, expect

from jobledger import wiring
from jobledger.database import Database
from support.appending import create
from support.service import on, serving
from support.visiting import Visitors, link, settle

JOBS = 2000


def test_paging_to_the_end_and_back(own_database, browser):
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, fill(own_database)).result()
    with serving(on(own_database)) as service:
        visitors = Visitors(browser, service.url)
        page = visitors.arrive("/?sort=name")
        seen = shown(page, 1)
        for first in range(51, JOBS, 50):
            turn(page, "Next")
            seen += shown(page, first)
        assert seen == [f"job {number:04}" for number in range(JOBS)]
        expect(page.get_by_role("button", name="Next page")).to_be_disabled()

        turn(page, "Previous")
        assert shown(page, 1901) == seen[1900:1950]
        page.reload()
        assert shown(page, 1901) == seen[1900:1950]
        page.go_back()
        assert shown(page, 1951) == seen[1950:]
        turn(page, "First")
        assert shown(page, 1) == seen[:50]
        expect(page.get_by_role("button", name="Previous page")).to_be_disabled()
        turn(page, "Last")
        assert shown(page, 1951) == seen[1950:]
        visitors.leave()
        assert not visitors.wrongs


def test_a_page_outlives_its_service_and_heals_by_itself(own_database, browser):
    settings = on(own_database)
    with serving(settings) as service:
        visitors = Visitors(browser, service.url)
        visitors.tolerated += ["Failed to load resource: net::ERR_", "status of 503"]
        post(service.url, "before")
        page = visitors.arrive()
        expect(link(page, "before")).to_be_visible()
        assert service.stop() == 0
        said = connection(page)
        expect(said).to_have_text("Connection lost, trying again")
        expect(link(page, "before")).to_be_visible()

        # What is typed meanwhile is not lost.
        page.keyboard.press("n")
        page.get_by_role("textbox", name="Name").fill("patient")
        page.get_by_role("button", name="Create job").click()
        expect(page.get_by_role("alert")).to_contain_text("The job was not created.")
    with serving(settings | {"JOBLEDGER_PORT": str(urlsplit(service.url).port)}) as again:
        assert again.url == service.url
        page.get_by_role("button", name="Create job").click()
        expect(link(page, "patient")).to_be_visible()
        post(again.url, "after")
        expect(link(page, "after")).to_be_visible()
        expect(said).to_have_text("")
        visitors.leave()
    assert not visitors.wrongs


def test_an_open_page_follows_a_service_that_was_away_without_being_touched(own_database, browser):
    settings = on(own_database)
    with serving(settings) as service:
        visitors = Visitors(browser, service.url)
        visitors.tolerated += ["Failed to load resource: net::ERR_", "status of 503"]
        job_id = post(service.url, "steady")
        page = visitors.arrive(f"/jobs/{job_id}")
        expect(page.get_by_role("heading", name="steady")).to_be_visible()
        service.stop()
        expect(connection(page)).to_have_text("Connection lost, trying again")
    with serving(settings | {"JOBLEDGER_PORT": str(urlsplit(service.url).port)}) as again:
        httpx.patch(f"{again.url}/api/jobs/{job_id}/", json={"status_type": "RUNNING"}, trust_env=False)
        expect(page.get_by_role("button", name="Running. Change status of steady")).to_be_visible()
        expect(connection(page)).to_have_text("")
        visitors.leave()
    assert not visitors.wrongs


async def fill(database: Database) -> None:
    async with wiring.ledger(database) as ledger:
        await asyncio.gather(*(create(ledger, f"job {number:04}") for number in range(JOBS)))


def post(address: str, name: str) -> str:
    answer = httpx.post(f"{address}/api/jobs/", json={"name": name}, trust_env=False).raise_for_status()
    return str(answer.json()["id"])


def connection(page: Page) -> Locator:
    """What is said aloud of it, which is nothing as long as there is one."""
    return page.get_by_role("banner").get_by_role("status")


def turn(page: Page, where: str) -> None:
    page.get_by_role("button", name=f"{where} page").click()


def shown(page: Page, first: int) -> list[str]:
    """The names on the page that begins with this row."""
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text(f"{first:,}\u2013{first + 49:,} of {JOBS:,}")
    settle(page)
    return page.get_by_role("table", name="Jobs").get_by_role("link").all_inner_texts()
