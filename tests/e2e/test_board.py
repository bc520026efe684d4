"""The list as one looks at it: narrowed, sorted, gone back in, and while others report at the same time."""

import re

import pytest
from playwright.sync_api import expect

from support.visiting import change, create, link, settle, status, tile

pytestmark = pytest.mark.address_only


def test_filter_and_order_are_in_the_address_and_the_back_button_undoes_them(visitors, unique, report, api):
    waits, failed = f"waits {unique}", f"failed {unique}"
    report(waits)
    report(failed, "RUNNING", "FAILED", message="disk full")
    page = visitors.arrive()
    tile(page, "Failed").click()
    expect(page).to_have_url(re.compile(r"\?status=FAILED$"))
    expect(tile(page, "Failed")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Failed jobs")).to_be_visible()
    expect(link(page, failed)).to_be_visible()
    expect(link(page, waits)).to_have_count(0)

    tile(page, "Pending").click()
    expect(link(page, waits)).to_be_visible()
    page.get_by_role("button", name="Name", exact=True).click()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    settle(page)
    asked = api.get("/api/jobs/?status=PENDING&status=FAILED&sort=name&limit=50").raise_for_status().json()
    names = [job["name"] for job in asked["results"]]
    rows = page.get_by_role("table", name="Jobs").get_by_role("link")
    expect(rows).to_have_text(names)
    page.reload()
    expect(rows).to_have_text(names)

    page.go_back()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "none")
    page.go_back()
    expect(link(page, waits)).to_have_count(0)
    expect(link(page, failed)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(link(page, waits)).to_be_visible()


def test_what_one_does_reaches_the_other(visitors, unique):
    one, other, name = visitors.arrive(), visitors.arrive(), f"shared {unique}"
    create(one, name)
    other.reload()
    expect(status(other, name, "Pending")).to_be_visible()
    change(one, name, "Running")
    expect(status(other, name, "Running")).to_be_visible()  # by itself, within a few seconds
    one.get_by_role("button", name=f"Delete {name}").click()
    one.get_by_role("button", name="Delete job").click()
    expect(link(one, name)).to_have_count(0)
    other.reload()
    settle(other)
    expect(link(other, name)).to_have_count(0)


def test_a_menu_stays_open_and_the_row_still_when_another_program_reports(visitors, unique, report, api):
    name = f"watched {unique}"
    job_id = report(name)
    page = visitors.arrive()
    status(page, name).click()
    message = page.get_by_role("textbox", name="Message (optional)")
    message.fill("by hand")
    api.patch(f"/api/jobs/{job_id}/", json={"status_type": "RUNNING"}).raise_for_status()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # Longer than the time between two refreshes.
    page.wait_for_function("from => performance.now() - from > 6000", arg=page.evaluate("performance.now()"))
    assert asked == []
    expect(message).to_have_value("by hand")
    expect(status(page, name, "Pending")).to_be_visible()

    page.get_by_role("menuitemradio", name="Failed").click()
    expect(status(page, name, "Failed")).to_be_visible()
    link(page, name).click()
    entries = page.get_by_role("list", name="Timeline").get_by_role("listitem")
    expect(entries).to_contain_text(["Failed", "Running", "Pending"])
    expect(entries.first).to_contain_text("by hand")
