"""What was done although its answer got lost is known as one's own when it is asked for again."""

import pytest
from playwright.sync_api import Page, expect

from support.visiting import link

pytestmark = pytest.mark.address_only


def test_a_deletion_and_its_undoing_survive_the_loss_of_their_answers(visitors, unique, report):
    visitors.tolerated.append("net::ERR_FAILED")
    name = f"lost {unique}"
    report(name)
    page = visitors.arrive("/?sort=-created_at")
    lost = [lose_first(page, "DELETE", "**/api/jobs/*/"), lose_first(page, "POST", "**/restore/")]
    page.get_by_role("button", name=f"Delete {name}").click(force=True)
    page.get_by_role("button", name="Delete job").click()
    expect(page.get_by_text(f"Deleted “{name}”.")).to_be_visible()
    expect(link(page, name)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"“{name}” is back.")).to_be_visible()
    expect(link(page, name)).to_be_visible()
    assert lost == [[204], [200]]


def lose_first(page: Page, method: str, address: str) -> list[int]:
    """The first such request is done, and its answer lost; the status of that comes into the list."""
    lost: list[int] = []

    def handle(route):
        if route.request.method != method or lost:
            route.fallback()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route(address, handle)
    return lost
