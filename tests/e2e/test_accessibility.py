"""axe finds nothing wrong on any page, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from support.visiting import link, settle, status

address_only = pytest.mark.address_only


def accept(page: Page) -> None:
    """No violation, light or dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


@address_only
def test_the_board_and_what_opens_on_it(visitors, unique, report):
    name = f"done {unique}"
    report(f"waits {unique}")
    report(f"runs {unique}", "RUNNING")
    report(f"failed {unique}", "RUNNING", "FAILED", "RUNNING", "FAILED", message="disk full")
    report(name, "RUNNING", "COMPLETED")
    page = visitors.arrive()
    expect(link(page, name)).to_be_visible()
    accept(page)
    for job in (name, f"waits {unique}"):  # each status has its own contrast with a pressed button
        status(page, job).click()
        expect(page.get_by_role("menuitemradio", name="Running")).to_be_visible()
        accept(page)
        page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_role("dialog")).to_contain_text("Give the job a name.")
    accept(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Delete {name}").click()
    accept(page)
    page.get_by_role("button", name="Delete job").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    accept(page)


@address_only
def test_a_job(visitors, unique, report, api):
    job_id = report(f"retried {unique}", "RUNNING", "FAILED", "RUNNING", message="again")
    late = {"status_type": "PENDING", "occurred_at": "2020-01-01T00:00:00Z"}
    api.patch(f"/api/jobs/{job_id}/", json=late).raise_for_status()
    page = visitors.arrive(f"/jobs/{job_id}")
    expect(page.get_by_role("list", name="Timeline").get_by_role("listitem").first).to_be_visible()
    accept(page)


@address_only
def test_a_telephone(visitors, unique, report):
    report(f"small {unique}", "RUNNING")
    page = visitors.arrive(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    settle(page)
    accept(page)


@address_only
def test_an_unknown_job(visitors):
    visitors.tolerated.append("status of 404")
    page = visitors.arrive("/jobs/00000000-0000-7000-8000-000000000000")
    expect(page.get_by_role("heading", name="There is no such job")).to_be_visible()
    accept(page)
    page.get_by_role("link", name="All jobs").click()
    expect(page.get_by_role("heading", name="All jobs")).to_be_visible()


def test_an_empty_board(own_visitors):
    page = own_visitors.arrive()
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    accept(page)
    page.get_by_role("button", name="New job").first.click()
    page.get_by_role("textbox", name="Name").fill("the first")
    page.get_by_role("button", name="Create job").click()
    expect(link(page, "the first")).to_be_visible()
