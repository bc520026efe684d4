"""What must hold between the files that containers are made of; that they work is for `make test-containers` to say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobledger.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE.rsplit("\nFROM ", 1)[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
RULES = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
SENT = [rule.removeprefix("!") for rule in RULES if rule.startswith("!")]
# What is copied from the checkout, and not from another stage.
COPIED = [
    source
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in sources.split()
]


def test_the_image_is_labelled_with_the_release() -> None:
    assert re.findall(r"^ARG VERSION=(.+)$", LAST_STAGE, re.MULTILINE) == [VERSION]


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (\w+)$", LAST_STAGE, re.MULTILINE) == ["jobledger"]


def test_the_example_names_every_variable_and_its_default() -> None:
    used = set(re.findall(r"\$\{(\w+):-([^}]*)\}", COMPOSE))
    assert len(re.findall(r"\$\w|\$\{", COMPOSE)) == len(re.findall(r"\$\{\w+:-", COMPOSE)), "one has no default"
    assert set(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)) == used


def test_the_service_alone_is_published_and_on_loopback_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["app"]
    assert [re.sub(r"\$\{\w+:-(\d+)\}", r"\1", port) for port in published["app"]] == [
        "127.0.0.1:3000:8000",
        "127.0.0.1:8000:8000",
    ]
    assert {service.get("network_mode", "service:app") for service in SERVICES.values()} == {"service:app"}


@pytest.mark.parametrize("name", ["migrate", "app"])
def test_what_is_ours_has_no_privilege_and_nothing_to_write_to(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_gains_privileges(name: str) -> None:
    assert SERVICES[name]["security_opt"] == ["no-new-privileges=true"]
    assert "privileged" not in SERVICES[name]


@pytest.mark.parametrize("source", COPIED)
def test_what_a_stage_copies_is_there_and_sent_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert any(Path(source).is_relative_to(sent) for sent in SENT)


def test_nothing_else_is_sent_to_the_builder() -> None:
    """A `.env` holds a password, and what was built outside is for another machine."""
    assert RULES[0] == "*"
    assert [sent for sent in SENT if not any(Path(source).is_relative_to(sent) for source in COPIED)] == []
    assert RULES[-3:] == ["web/dist", "web/node_modules", "**/__pycache__"]
