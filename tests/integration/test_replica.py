"""A service on a streaming replica reads, and says where writes go; one may follow the primary to another server."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.embedded import eventually, fetch, processes_of
from support.http import create, problem
from support.replica import Pair, streaming
from support.reporters import CALLERS, Reporters, check_nothing_is_lost_or_doubled
from support.service import Service, run, serving

BACKENDS = "SELECT array_agg(pid ORDER BY pid) FROM pg_stat_activity WHERE application_name = 'jobledger'"


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    # Not pytest's own temporary folders: as root, the account that runs the servers could not enter them.
    place = Path(tempfile.mkdtemp(prefix="jobledger-test-"))
    place.chmod(0o711)
    with streaming(place) as pair:
        assert run("migrate", DATABASE_URL=pair.primary.url).returncode == 0
        with serving({"DATABASE_URL": pair.primary.url}) as service, service.client() as client:
            for number in range(3):
                create(client, f"job {number}")
        pair.catch_up()
        yield pair
    assert eventually(lambda: processes_of(place) == [])
    shutil.rmtree(place)


@pytest.fixture
def service(pair: Pair) -> Iterator[Service]:
    with serving({"DATABASE_URL": pair.replica.url}) as service:
        yield service


class TestServing:
    def test_reads_work_as_they_are(self, service: Service) -> None:
        with service.client() as client:
            page = client.get("/api/jobs/").json()
            assert [job["name"] for job in page["results"]] == ["job 2", "job 1", "job 0"]
            assert page["count"] == 3
            assert client.get(f"/api/jobs/{page['results'][0]['id']}/").json()["statuses"]
            assert client.get("/api/events/").json()["last"] == 3
            assert client.get("/api/jobs/counts/").json()["total"] == 3

    def test_a_write_is_told_that_the_server_is_read_only_and_where_to_go(self, service: Service) -> None:
        with service.client() as client:
            job = client.get("/api/jobs/").json()["results"][0]
            for answer in (
                client.post("/api/jobs/", json={"name": "elsewhere"}),
                client.patch(f"/api/jobs/{job['id']}/", json={"status_type": "RUNNING"}),
                client.delete(f"/api/jobs/{job['id']}/"),
            ):
                document = problem(answer, 503)
                assert document["type"] == "urn:jobledger:problem:read-only"
                assert "read-only" in document["detail"]
                assert "primary" in document["detail"]

    def test_a_write_that_is_refused_costs_no_new_connection(self, pair: Pair, service: Service) -> None:
        with service.client() as client:
            client.post("/api/jobs/", json={"name": "elsewhere"})
            before = fetch(pair.replica, BACKENDS)
            assert before
            for _ in range(5):
                assert client.post("/api/jobs/", json={"name": "elsewhere"}).status_code == 503
            assert fetch(pair.replica, BACKENDS) == before


class TestCommands:
    @pytest.mark.parametrize("command", ["rebuild", "migrate", "import"])
    def test_those_that_write_end_in_one_line(self, pair: Pair, tmp_path: Path, command: str) -> None:
        lines = tmp_path / "reports.ndjson"
        lines.write_text('{"name": "a", "status_type": "RUNNING"}\n')
        began = time.monotonic()
        refused = run(command, *([str(lines)] if command == "import" else []), DATABASE_URL=pair.replica.url)
        assert time.monotonic() - began < 20
        assert refused.returncode == 1
        errors = [line for line in refused.stderr.splitlines() if line.startswith("Error: ")]
        assert len(errors) == 1, refused.stderr
        assert "read-only" in errors[0]
        assert "Traceback" not in refused.stderr

    def test_an_address_that_asks_for_a_server_that_takes_writes_ends_in_one_line(self, pair: Pair) -> None:
        refused = run("serve", DATABASE_URL=f"{pair.replica.url}&target_session_attrs=read-write")
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1, refused.stderr
        assert "cannot be reached" in refused.stderr
        assert "read-write" in refused.stderr

    @pytest.mark.parametrize("command", ["verify", "export"])
    def test_those_that_read_work(self, pair: Pair, command: str) -> None:
        worked = run(command, DATABASE_URL=pair.replica.url)
        assert worked.returncode == 0, worked.stderr


class TestConflictsWithRecovery:
    """What the replica has to replay ends a reader that is in its way."""

    @pytest.fixture
    def slow(self, pair: Pair) -> Iterator[httpx.Client]:
        """A service on the replica, to which the counts are slow to read."""
        settings = {"JOBLEDGER_SCHEMA": "slow"}
        assert run("migrate", DATABASE_URL=pair.primary.url, **settings).returncode == 0
        pair.execute("ALTER TABLE slow.job_counts RENAME TO counted")
        pair.execute(
            "CREATE VIEW slow.job_counts AS SELECT counted.* FROM slow.counted"
            " RIGHT JOIN pg_sleep(2) ON true WHERE counted.status IS NOT NULL"
        )
        pair.catch_up()
        with serving({"DATABASE_URL": pair.replica.url, **settings}) as service, service.client() as client:
            assert client.get("/api/jobs/counts/").status_code == 200  # its connection is there
            yield client
        pair.execute("DROP SCHEMA slow CASCADE")

    def lock(self, pair: Pair, times: int) -> None:
        """Each time, the replica ends whoever reads the counts."""
        for _ in range(times):
            time.sleep(0.7)
            pair.execute("BEGIN; LOCK TABLE slow.counted IN ACCESS EXCLUSIVE MODE; COMMIT")
            pair.catch_up()

    def asked(self, client: httpx.Client) -> tuple[threading.Thread, list[httpx.Response]]:
        answers: list[httpx.Response] = []
        thread = threading.Thread(target=lambda: answers.append(client.get("/api/jobs/counts/")))
        thread.start()
        return thread, answers

    def test_a_read_that_was_ended_is_asked_once_more(self, pair: Pair, slow: httpx.Client) -> None:
        thread, answers = self.asked(slow)
        self.lock(pair, 1)
        thread.join()
        assert answers[0].status_code == 200
        assert answers[0].elapsed.total_seconds() > 2.5, "It was not ended: nothing has been shown."

    def test_a_read_that_is_ended_twice_is_told_to_try_again(self, pair: Pair, slow: httpx.Client) -> None:
        thread, answers = self.asked(slow)
        self.lock(pair, 2)
        thread.join()
        assert problem(answers[0], 503)["type"] == "urn:jobledger:problem:database-unavailable"
        assert slow.get("/api/jobs/counts/").status_code == 200


def test_a_service_follows_the_primary_to_where_it_is_now_and_nothing_answered_is_lost(place: Path) -> None:
    with streaming(place) as pair:
        assert run("migrate", DATABASE_URL=pair.url).returncode == 0
        pair.commit_on_both()
        with (
            serving({"DATABASE_URL": pair.url}) as service,
            service.client() as client,
            serving({"DATABASE_URL": pair.replica.url}) as reading,
            reading.client() as reader,
        ):
            assert reader.post("/api/jobs/", json={"name": "promoted"}).status_code == 503
            with Reporters(service.url) as reporters:
                reporters.wait_for(CALLERS + 50)
                pair.primary.stop()
                pair.execute("SELECT pg_promote()", on_replica=True)
                reporters.wait_for(CALLERS + 50)
            assert set(reporters.refused) <= {503}
            check_nothing_is_lost_or_doubled(client, reporters)
            assert reader.post("/api/jobs/", json={"name": "promoted"}).status_code == 201
        assert run("verify", DATABASE_URL=pair.url).returncode == 0
