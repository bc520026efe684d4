"""People at their browsers: pages that are watched for errors and strangers, and what is done on them."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, Request, expect

FLAGS: Final = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Visitors:
    """Each has a browser of their own as far as the service can tell. What went wrong on any page is kept."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self.address = browser, address
        self._contexts: list[BrowserContext] = []
        self._wrongs: list[str] = []
        self.tolerated: list[str] = []
        """Parts of the console's errors that a test provokes: a browser reports every answer of 4xx as one."""

    def arrive(self, path: str = "/", **options: Any) -> Page:
        """The page at `path`, for somebody new; `options` are those of a browser context."""
        defaults = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", "locale": "en-GB"}
        context = self._browser.new_context(base_url=self.address, **{**defaults, **options})
        context.set_default_timeout(15_000)
        context.on("request", self._expect_no_stranger)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self._wrongs.append(f"uncaught: {error}"))
        page.on("console", lambda line: self._wrongs.append(line.text) if line.type == "error" else None)
        page.on("dialog", self._refuse_dialog)
        page.goto(path)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()

    @property
    def wrongs(self) -> list[str]:
        return [wrong for wrong in self._wrongs if not any(part in wrong for part in self.tolerated)]

    def _expect_no_stranger(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme != "data" and url.netloc != urlsplit(self.address).netloc:
            self._wrongs.append(f"asked a stranger: {request.url}")

    def _refuse_dialog(self, dialog: Dialog) -> None:
        self._wrongs.append(f"a script said: {dialog.message}")
        dialog.dismiss()


def link(page: Page, name: str) -> Locator:
    """The job of this name in the list."""
    return page.get_by_role("table", name="Jobs").get_by_role("link", name=name, exact=True)


def status(page: Page, name: str, word: str = "") -> Locator:
    """The button that says the job's status, if it says `word`."""
    return page.get_by_role("button", name=re.compile(rf"^{word}.*Change status of {re.escape(name)}$"))


def tile(page: Page, word: str) -> Locator:
    return page.get_by_role("group", name="Show jobs by status").get_by_role("button", name=re.compile(f"^{word}"))


def create(page: Page, name: str) -> None:
    page.get_by_role("button", name="New job").locator("visible=true").first.click()
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Create job").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def change(page: Page, name: str, word: str, message: str = "") -> None:
    status(page, name).click()
    if message:
        page.get_by_role("textbox", name="Message (optional)").fill(message)
    page.get_by_role("menuitemradio", name=word).click()
    expect(status(page, name, word)).to_be_visible()


def settle(page: Page) -> None:
    """Until the list shows what was asked for, and not what was there before."""
    expect(page.get_by_role("table", name="Jobs")).to_have_attribute("aria-busy", "false")
