"""Where there is nothing, people are told so in words and led back, and programs get a problem document."""

import pytest
from playwright.sync_api import expect

from support.http import problem

pytestmark = pytest.mark.address_only

# As browsers ask for a page, and as programs do.
PERSON = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
PROGRAMS = [{}, {"Accept": "application/json"}, {"Accept": "application/json, text/html;q=0.5"}]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nonsense", "There is no such page"),
        ("/assets/nonsense.js", "There is no such page"),
        ("/jobs/019ab0f4-5c1e-7c3a", "There is no such job"),
        ("/jobs/00000000-0000-7000-8000-000000000000", "There is no such job"),
    ],
)
def test_a_person_is_told_in_words_and_led_back(visitors, path, words):
    visitors.tolerated.append("status of 404")
    page = visitors.arrive(path)
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    page.get_by_role("link", name="All jobs").click()
    expect(page.get_by_role("heading", name="All jobs")).to_be_visible()


@pytest.mark.parametrize("path", ["/nonsense", "/nonsense/deeper?a=b", "/jobs/", "/jobs/cut-short", "/jobs/a/b"])
def test_the_page_is_not_taken_for_one_that_is_there(api, path):
    index = api.get("/", headers=PERSON)
    for more in ({}, {"If-None-Match": index.headers["ETag"]}):
        found = api.get(path, headers=PERSON | more)
        assert (found.status_code, found.text) == (404, index.text)
        assert "ETag" not in found.headers
        assert found.headers["Content-Security-Policy"] == index.headers["Content-Security-Policy"]
        assert found.headers["Cache-Control"] == "no-cache"
    assert api.head(path, headers=PERSON).status_code == 404


@pytest.mark.parametrize("headers", PROGRAMS)
@pytest.mark.parametrize("path", ["/nonsense", "/jobs/cut-short", "/assets/nonsense.js"])
def test_a_program_gets_a_problem(api, path, headers):
    assert problem(api.get(path, headers=headers), 404)["detail"] == "There is nothing at this address."


@pytest.mark.parametrize("path", ["/api/nonsense", "/api/jobs/cut-short", "/health/nonsense"])
def test_below_the_api_everybody_gets_a_problem(api, path):
    problem(api.get(path, headers=PERSON), 404)


def test_what_is_not_asked_for_a_page_gets_a_problem(api):
    problem(api.post("/nonsense", headers=PERSON), 404)
