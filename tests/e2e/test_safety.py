"""Nothing is run that others wrote, and nobody else is asked for anything."""

import pytest
from playwright.sync_api import expect

from support.visiting import change, create, link

pytestmark = pytest.mark.address_only


def test_a_name_that_is_markup_is_shown_as_text_everywhere(visitors, unique):
    page, name = visitors.arrive(), f"<img src=x onerror=alert(1)> {unique}"
    create(page, name)
    change(page, name, "Failed", message=name)
    expect(link(page, name)).to_be_visible()
    page.get_by_role("button", name=f"Delete {name}").click()
    expect(page.get_by_role("alertdialog")).to_contain_text(name)
    page.get_by_role("button", name="Cancel").click()
    link(page, name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("list", name="Timeline")).to_contain_text(name)
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("path", ["/", "/jobs/00000000-0000-7000-8000-000000000000", "/api/docs"])
def test_every_page_is_under_a_policy_that_allows_nothing_from_elsewhere(api, path):
    policy = api.get(path).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe" not in policy.split("script-src", 1)[1].split(";", 1)[0]


def test_the_policy_stops_a_script_that_got_into_the_page(visitors):
    visitors.tolerated += ["Content Security Policy", "status of 404"]
    page = visitors.arrive()
    with page.expect_console_message(lambda line: "Content Security Policy" in line.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = true\">')")
    assert page.evaluate("window.ran") is None


def test_the_documentation_shows_every_operation_without_the_internet(visitors, api):
    paths = api.get("/api/openapi.json").raise_for_status().json()["paths"]
    methods = {"get", "post", "patch", "put", "delete", "head"}
    operations = sum(len(operations.keys() & methods) for operations in paths.values())
    page = visitors.arrive("/api/docs")
    expect(page.locator(".opblock")).to_have_count(operations)
    page.get_by_role("button", name="post /api/jobs/", exact=False).first.click()
    expect(page.get_by_text("Idempotency-Key").first).to_be_visible()
