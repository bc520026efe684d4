"""Whose the embedded PostgreSQL's files are: what was not made just now keeps its owner, and others swap nothing in."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobledger.postgres.account import account_for
from jobledger.postgres.layout import prepare
from support.embedded import IS_ROOT, processes_of, refusal, running

pytestmark = pytest.mark.account
STRANGER = 65533
"""An account that is neither root nor the server's."""

as_root = pytest.mark.skipif(not IS_ROOT, reason="only root has its server run by another account")


def owner_of(path: Path) -> int:
    return path.lstat().st_uid


def hand_over(path: Path) -> None:
    account = account_for(None)
    os.chown(path, account.uid, account.gid)


def making(name: str, then: Callable[[], object]) -> Callable[..., None]:
    """In the place of `os.mkdir`: somebody else does something just after the directory `name` is made."""

    def mkdir(path: Any, *arguments: Any, original: Any = os.mkdir, **options: Any) -> None:
        original(path, *arguments, **options)
        if path == name:
            then()

    return mkdir


def test_a_link_is_refused_and_what_it_leads_to_is_left_as_it_is(place: Path) -> None:
    target = place / "elsewhere"
    target.mkdir(parents=True)
    before = target.stat()
    (place / "postgres").symlink_to(target)
    assert f"{place / 'postgres'} is a link" in refusal(place)
    assert (target.stat().st_uid, target.stat().st_mode, list(target.iterdir())) == (before.st_uid, before.st_mode, [])


def test_a_directory_of_somebody_elses_things_is_refused_and_left_as_it_is(place: Path) -> None:
    """As where a system keeps its own PostgreSQL in a directory of this name."""
    other = place / "postgres" / "data" / "PG_VERSION"
    other.parent.mkdir(parents=True, mode=0o700)
    other.write_text("18\n")
    for each in (other.parents[1], other.parent, other):
        hand_over(each)
    assert "is not empty, and what it holds is not Jobledger's" in refusal(place)
    assert [path.name for path in (place / "postgres").iterdir()] == ["data"]


def test_an_empty_directory_that_is_there_already_is_used(place: Path) -> None:
    (place / "postgres").mkdir(parents=True)
    with running(place) as server:
        assert server.started_here
    assert owner_of(place / "postgres") == account_for(None).uid


@pytest.mark.parametrize("name", ["lock", "postgres.log"])
def test_a_pipe_in_the_place_of_a_file_is_refused_and_keeps_nobody_waiting(place: Path, name: str) -> None:
    root = prepare(place).root
    for each in {"lock", name}:  # the lock tells that the directory is ours
        os.mkfifo(root / each) if each == name else (root / each).touch(0o600)
        hand_over(root / each)
    assert str(root / name) in refusal(place)


def test_what_the_account_puts_in_the_place_of_the_servers_own_word_keeps_nobody_waiting(place: Path) -> None:
    """Root would wait for whoever writes to the pipe, for ever, and hear no signal."""
    with running(place):
        pass
    word = place / "postgres" / "data" / "postmaster.pid"
    os.mkfifo(word)
    hand_over(word)
    with running(place) as server:
        assert server.started_here
    word.write_bytes(b"1\n/\n1\n5432\n/no\0path\n*\n\nready\n")
    with running(place) as server:
        assert server.started_here
    word.symlink_to("/dev/zero")
    assert "Too many levels of symbolic links" in refusal(place)
    word.unlink()


def test_a_link_in_the_place_of_the_data_is_refused(place: Path) -> None:
    with running(place):
        pass
    data = place / "postgres" / "data"
    data.rename(place / "moved")
    data.symlink_to(place / "moved")
    assert "Not a directory" in refusal(place)


@pytest.mark.parametrize(
    ("content", "why"), [("", "names no version"), ("eighteen\n", "names no version"), (None, "is missing")]
)
def test_data_whose_version_cannot_be_told_is_one_line(place: Path, content: str | None, why: str) -> None:
    with running(place):
        pass
    version = place / "postgres" / "data" / "PG_VERSION"
    version.unlink() if content is None else version.write_text(content)
    message = refusal(place)
    assert f"PG_VERSION {why}" in message
    assert "Restore it from a backup" in message


@as_root
class TestAsRoot:
    def test_a_directory_of_roots_that_is_not_empty_is_refused_and_stays_roots(self, place: Path) -> None:
        (place / "postgres" / "etc").mkdir(parents=True)
        message = refusal(place)
        assert f"{place / 'postgres'} belongs to root" in message
        assert "chown -R" in message
        assert owner_of(place / "postgres") == owner_of(place / "postgres" / "etc") == 0

    @pytest.mark.parametrize("name", ["lock", "postgres.log"])
    @pytest.mark.parametrize("link", ["hard", "symbolic"])
    def test_a_file_of_roots_behind_a_link_keeps_its_owner_and_content(self, place: Path, name: str, link: str) -> None:
        root = prepare(place).root
        (root / "lock").touch(0o600)
        secret = place / "secret"
        secret.write_text("mine")
        (root / name).unlink(missing_ok=True)
        (root / name).hardlink_to(secret) if link == "hard" else (root / name).symlink_to(secret)
        assert name in refusal(place)
        assert owner_of(secret) == 0
        assert secret.read_text() == "mine"

    @pytest.mark.parametrize("swap_in", [Path.symlink_to, lambda root, target: target.rename(root)])
    def test_what_is_swapped_in_between_making_a_directory_and_giving_it_away_stays_whose_it_is(
        self, place: Path, monkeypatch: pytest.MonkeyPatch, swap_in: Any
    ) -> None:
        target, root = place / "target", place / "postgres"
        (target / "in it").mkdir(parents=True)

        def swap() -> None:
            root.rmdir()
            swap_in(root, target)

        monkeypatch.setattr(os, "mkdir", making("postgres", swap))
        refusal(place)
        assert owner_of(root) == owner_of(root / "in it") == 0

    @pytest.mark.parametrize(
        "loosen", [lambda path: os.chown(path, STRANGER, STRANGER), lambda path: path.chmod(0o777)]
    )
    def test_a_parent_where_others_could_swap_things_is_refused_and_left_as_it_is(
        self, place: Path, loosen: Any
    ) -> None:
        (place / "between").mkdir(parents=True)
        loosen(place)
        assert f"could put something else in the place of {place} " in refusal(place / "between")
        assert list((place / "between").iterdir()) == []

    def test_a_sticky_parent_is_as_good_as_any(self, place: Path) -> None:
        place.mkdir()
        place.chmod(0o1777)
        with running(place / "data") as server:
            assert server.started_here

    def test_a_link_on_the_way_is_followed_if_nobody_else_could_have_put_it_there(self, place: Path) -> None:
        (place / "real").mkdir(parents=True)
        link = place / "link"
        link.symlink_to("real")
        os.chown(link, STRANGER, STRANGER, follow_symlinks=False)
        assert str(link) in refusal(link)
        os.chown(link, 0, 0, follow_symlinks=False)
        with running(link) as server:
            assert server._layout.root == place / "real" / "postgres"

    def test_copying_binaries_writes_through_no_link(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The account that runs the server owns the directory in which root makes the copy."""
        target = place / "target"
        target.mkdir(parents=True, mode=0o700)

        unfinished = place / "postgres" / "binaries" / "unfinished"

        def swap() -> None:
            unfinished.rmdir()
            unfinished.symlink_to(target)

        monkeypatch.setattr("jobledger.postgres.account.Account.can_run", lambda *_: False)
        monkeypatch.setattr(os, "mkdir", making("unfinished", swap))
        refusal(place)
        assert list(target.iterdir()) == []
        assert stat.S_IMODE(target.stat().st_mode) == 0o700
        assert processes_of(place) == []
