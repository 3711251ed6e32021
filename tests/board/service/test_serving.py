"""The commands: `serve`, killed and started again; `board token`; `board submit` to an address."""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest
from command_line import one_document, with_home
from made_boards import made_board, some_bytes
from refusals import refused
from served_boards import TASK, announced, serving

from braincast.board.board import Board, utc_now
from braincast.board.client import Remote, begun, read_token, send
from braincast.board.schema import EntryRow, UploadRow
from braincast.board.service.limits import ServiceLimits
from braincast.board.service.tokens import create_token, revoke_token


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def board(tmp_path) -> Board:
    return made_board(tmp_path / "board", clock=utc_now)


@pytest.fixture
def submission(tmp_path):
    path = some_bytes(tmp_path / "submission.zip")
    with path.open("ab") as stream:
        stream.write(os.urandom(400_000))
    return path


@contextmanager
def served(home, board, *words):
    """The address at which `braincast serve` listens, and its process."""
    process = with_home(home).start("serve", board.root, "--port", 0, "--json", *words)
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield json.loads(line)["url"], process
    finally:
        process.kill()
        process.communicate()


def test_tokens_are_made_listed_and_revoked(home, board):
    command = with_home(home)
    made = command.document("board", "token", board.root, "create", "ada", "--days", 3, "--scopes", "submit")
    assert made["token"].startswith("bc_") and made["scopes"] == ["submit"] and made["expires_at"]
    listed = command("board", "token", board.root, "list", "--json").stdout
    assert made["token"] not in listed
    assert [token["author"] for token in one_document(listed)["tokens"]] == ["ada"]
    assert command.document("board", "token", board.root, "revoke", made["id"])["revoked_at"]
    with refused("E804"):
        revoke_token(board, 99)
    notes = command.document("board", "audit", board.root, "--last", 2)["audit"]
    assert [(note["action"], note["subject"]) for note in notes] == [
        ("create-token", f"token {made['id']}"),
        ("revoke-token", f"token {made['id']}"),
    ]


@pytest.mark.parametrize(("author", "code"), [("<b>ada</b>", "E608"), ("=1+1", "E608"), ("", "E607")])
def test_no_token_is_made_for_a_name_that_pages_could_not_show(board, author, code):
    with refused(code, "author"):
        create_token(board, author)


@pytest.mark.slow
def test_a_service_that_is_killed_goes_on_with_uploads_and_keys_when_it_starts_again(home, board):
    headers = {"Authorization": f"Bearer {create_token(board, 'ada')['token']}", "Idempotency-Key": "one"}
    content = os.urandom(100_000)
    with served(home, board, "--workers", 0) as (url, process):
        begun = httpx.post(f"{url}/api/v1/uploads", json=announced(content), headers=headers).json()
        place = f"api/v1/uploads/{begun['id']}"
        httpx.patch(f"{url}/{place}", content=content[:70_000], headers={**headers, "Upload-Offset": "0"})
        process.send_signal(signal.SIGKILL)
        process.wait()
    with served(home, board, "--workers", 0) as (url, process):
        assert httpx.post(f"{url}/api/v1/uploads", json=announced(content), headers=headers).json() == begun
        rest = httpx.patch(f"{url}/{place}", content=content[70_000:], headers={**headers, "Upload-Offset": "70000"})
        assert rest.json()["offset"] == len(content)
        assert httpx.post(f"{url}/{place}/complete", headers=headers | {"Idempotency-Key": "two"}).status_code == 202
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with board.reading() as session:
        assert session.query(EntryRow).count() == 1


@pytest.mark.slow
def test_the_service_scores_what_comes_and_makes_its_pages(home, board):
    headers = {"Authorization": f"Bearer {create_token(board, 'ada')['token']}"}
    with served(home, board, "--workers", 1) as (url, process):
        sent = httpx.post(f"{url}/api/v1/tasks/{TASK}/submissions", content=b"no zip archive", headers=headers).json()
        place = f"{url}{sent['url']}"
        wait_for(lambda: httpx.get(place, headers=headers).json()["status"] not in ("queued", "scoring"))
        told = httpx.get(place, headers=headers).json()
        assert told["status"] == "refused" and told["problems"][0]["code"] == "E601"
        wait_for(lambda: httpx.get(url).status_code == 200)
        assert "script-src 'self'" in httpx.get(url).headers["Content-Security-Policy"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert workers_of(board) == []


@pytest.mark.slow
def test_workers_end_with_a_service_that_is_killed_and_are_replaced_when_they_are(home, board):
    with served(home, board, "--workers", 1) as (_, process):
        wait_for(lambda: len(workers_of(board)) == 1)
        (first,) = workers_of(board)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: workers_of(board) not in ([], [first]))
        process.kill()
    wait_for(lambda: workers_of(board) == [])


def workers_of(board) -> list[int]:
    """The processes that score this board."""
    found = subprocess.run(["pgrep", "-f", f"board score {board.root} "], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def wait_for(condition) -> None:
    """Until it holds."""
    while not condition():
        time.sleep(0.2)


@pytest.mark.slow
def test_a_port_that_is_taken_is_told(home, board):
    with served(home, board, "--workers", 0) as (url, _):
        line = with_home(home).refusal("E505", 3, "serve", board.root, "--port", url.rsplit(":")[-1])
        assert "--port 0" in line


def test_a_submission_sent_twice_is_one_entry(board, submission):
    token = create_token(board, "ada")["token"]
    with serving(board) as client:
        url = str(client.base_url).removesuffix("/api/v1/")
        answer = send(url, TASK, submission, token)
        assert answer["url"] == f"{url}/api/v1/entries/{answer['entry']}"
        assert send(url, TASK, submission, token)["entry"] == answer["entry"]
        with refused("E804"):
            send(url, "other", submission, token)
        with refused("E811"):
            send(url, TASK, submission, "bc_wrong")


def test_a_client_goes_on_where_another_one_stopped(board, submission):
    token, content = create_token(board, "ada")["token"], submission.read_bytes()
    with serving(board, ServiceLimits(silence_s=0.3)) as client:
        url = str(client.base_url).removesuffix("/api/v1/")
        upload = begun(Remote(url, token, ()), announced(content))
        headers = {"Authorization": f"Bearer {token}", "Upload-Offset": "0"}
        client.patch(f"/uploads/{upload['id']}", content=content[:300_000], headers=headers)
        assert send(url, TASK, submission, token)["entry"] == 1
    with board.reading() as session:
        assert [row.id for row in session.query(UploadRow)] == [upload["id"]]


def test_a_board_that_is_away_for_a_while_is_waited_for(board, submission):
    token = create_token(board, "ada")["token"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with refused("E404", "does not answer"):
        send(f"http://127.0.0.1:{port}", TASK, submission, token, pauses_s=(0.01,))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(send, f"http://127.0.0.1:{port}", TASK, submission, token, pauses_s=(0.1,) * 100)
        time.sleep(0.2)
        with serving(board, port=port):
            assert answer.result()["entry"] == 1


@pytest.mark.parametrize(
    "url", ["http://example.org", "ftp://localhost", "https://", "https://a@example.org", "http://"]
)
def test_a_token_goes_to_no_address_where_others_could_read_it(submission, url):
    with refused("E305", "BOARD"):
        send(url, TASK, submission, "bc_secret")


def test_a_file_without_a_token_is_told(tmp_path):
    (tmp_path / "token").write_text("hello\n")
    for path, code in ((tmp_path / "token", "E811"), (None, "E811"), (tmp_path / "none", "E405")):
        with refused(code):
            read_token(path)
    (tmp_path / "token").write_text("bc_secret\n")
    assert read_token(tmp_path / "token") == "bc_secret"
