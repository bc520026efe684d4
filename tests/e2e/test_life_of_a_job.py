"""What a person does with a job: with the mouse, with the keyboard alone, and with a thumb."""

import re

import pytest
from playwright.sync_api import Page, expect

from support.visiting import change, create, link, settle, status

pytestmark = pytest.mark.address_only


def test_a_job_from_its_creation_to_its_end_its_deletion_and_back(visitors, unique):
    page, name = visitors.arrive(), f"backup {unique}"
    create(page, f"  {name} ")
    expect(status(page, name, "Pending")).to_be_visible()
    change(page, name, "Running")
    change(page, name, "Completed", message="all copied")

    link(page, name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    entries = page.get_by_role("list", name="Timeline").get_by_role("listitem")
    expect(entries).to_contain_text(["Completed", "Running", "Pending"])
    expect(entries.first).to_contain_text("all copied")
    page.get_by_role("main").get_by_role("link", name="Jobs", exact=True).click()

    page.get_by_role("button", name=f"Delete {name}").click()
    dialog = page.get_by_role("alertdialog", name=f"Delete “{name}”?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(link(page, name)).to_be_visible()
    page.get_by_role("button", name=f"Delete {name}").click()
    dialog.get_by_role("button", name="Delete job").click()
    expect(dialog).to_be_hidden()
    expect(link(page, name)).to_have_count(0)

    page.get_by_role("button", name="Undo").click()
    expect(link(page, name)).to_be_visible()
    expect(status(page, name, "Completed")).to_be_visible()


def test_a_deleted_job_is_found_among_the_recently_deleted_and_restored(visitors, unique, report, api):
    name = f"mistake {unique}"
    api.delete(f"/api/jobs/{report(name)}/").raise_for_status()
    page = visitors.arrive()
    page.get_by_role("link", name="Recently deleted").click()
    page.get_by_role("button", name=f"Restore {name}").click()
    expect(page.get_by_role("button", name=f"Restore {name}")).to_have_count(0)
    page.get_by_role("button", name="Clear filters").click()
    expect(link(page, name)).to_be_visible()


def test_a_taken_name_is_refused_beside_the_field_with_a_link_to_its_job(visitors, unique, report):
    visitors.tolerated.append("status of 400")
    name = f"taken {unique}"
    report(name)
    page = visitors.arrive()
    page.get_by_role("button", name="New job").click()
    field = page.get_by_role("textbox", name="Name")
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_role("dialog")).to_contain_text("Give the job a name.")
    field.fill(name)
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_role("dialog")).to_contain_text("That name is taken.")
    expect(field).to_have_value(name)
    page.get_by_role("link", name="Open the job that has it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_with_the_keyboard_alone(visitors, unique):
    page = visitors.arrive()
    expect(page.get_by_text("Up to date")).to_be_visible()
    first, second = f"first {unique}", f"second {unique}"
    for name in (first, second):
        page.keyboard.press("n")
        expect(page.get_by_role("textbox", name="Name")).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(link(page, name)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)

    for key, name in (("j", second), ("j", first), ("k", second)):
        page.keyboard.press(key)
        expect(link(page, name)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(status(page, second)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="Running")).to_be_focused()
    page.keyboard.press("ArrowDown")  # from Running, the natural next one, to Completed
    page.keyboard.press("Enter")
    expect(status(page, second, "Completed")).to_be_focused()

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("j")
    expect(link(page, first)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=first)).to_be_visible()


def test_on_a_telephone(visitors, unique):
    page = visitors.arrive(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    name = f"telephone {unique} " + "with a name that is longer than the screen is wide " * 2
    name = name.strip()
    create(page, name)
    change(page, name, "Running", message="a message that is longer than the screen is wide, too")
    fits(page)
    expect(page.get_by_role("button", name=f"Delete {name}")).to_be_in_viewport()
    page.get_by_role("combobox", name="Sort").select_option("Name, A to Z")
    expect(page).to_have_url(re.compile(r"sort=name"))
    settle(page)
    fits(page)
    page.go_back()
    link(page, name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    fits(page)
    change(page, name, "Completed")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete job").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    fits(page)


def fits(page: Page) -> None:
    """Nothing is to be had by scrolling sideways."""
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide == [390, 390]
