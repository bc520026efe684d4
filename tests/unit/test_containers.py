"""What must hold between the files that containers are made of; that they work is for `make test-containers` to say."""

import re
from pathlib import Path

import pytest

from jobledger.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
ALLOWED = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
# What is copied from the checkout, and not from another stage.
COPIED = [
    source
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in sources.split()
]


def test_the_image_is_labelled_with_the_release() -> None:
    assert re.findall(r"^ARG VERSION=(.+)$", DOCKERFILE, re.MULTILINE) == [VERSION]


def test_the_example_names_every_variable_and_its_default() -> None:
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", COMPOSE))
    assert len(re.findall(r"\$\{?\w", COMPOSE)) == len(re.findall(r"\$\{\w+:-", COMPOSE)), "a variable has no default"
    assert dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE)) == used


def test_only_loopback_is_published() -> None:
    published = re.findall(r'^ +- "(\S+):\d+"', COMPOSE, re.MULTILINE)
    assert COMPOSE.count("ports:") == 1
    assert len(published) == 2
    assert {address.split(":")[0] for address in published} == {"127.0.0.1"}


@pytest.mark.parametrize("source", COPIED)
def test_what_a_stage_copies_is_there_and_sent_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert any(Path(source).is_relative_to(allowed) for allowed in ALLOWED)


def test_nothing_else_is_sent_to_the_builder() -> None:
    """A `.env` holds a password, and what was built outside is for another machine."""
    assert [allowed for allowed in ALLOWED if not any(Path(source).is_relative_to(allowed) for source in COPIED)] == []
