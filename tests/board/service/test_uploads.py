"""A submission arrives whole or goes on where it stopped."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time

import httpx
import pytest
from made_boards import Clock, made_board
from served_boards import TASK, announced, bearer, code_of, serving

from braincast.board.service.limits import ServiceLimits

LENGTH = 3_000_000
CONTENT = os.urandom(LENGTH)


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def board(tmp_path_factory, clock):
    return made_board(tmp_path_factory.mktemp("uploads") / "board", clock=clock)


@pytest.fixture(scope="module")
def anonymous(board):
    with serving(board, ServiceLimits(silence_s=0.4, open_uploads=6)) as client:
        yield client


@pytest.fixture
def client(anonymous, board, request):
    """A client of an author of the test's own."""
    headers = bearer(board, request.node.name[:60])
    with httpx.Client(base_url=anonymous.base_url, headers=headers, timeout=120) as client:
        yield client


def begun(client, content=CONTENT) -> str:
    answer = client.post("/uploads", json=announced(content))
    assert answer.status_code == 201, answer.text
    assert answer.json()["offset"] == 0
    return f"/uploads/{answer.json()['id']}"


def sent(client, place, content, offset=0):
    return client.patch(place, content=content, headers={"Upload-Offset": str(offset)})


def offset_of(client, place) -> int:
    told = client.head(place)
    assert told.status_code == 200 and told.content == b""
    return int(told.headers["Upload-Offset"])


def connected(client, place, announced_bytes) -> socket.socket:
    """A connection that has announced so many bytes for an upload, and sent none."""
    url = client.base_url
    connection = socket.create_connection((url.host, url.port))
    head = [f"PATCH {url.path.rstrip('/')}{place} HTTP/1.1", "Host: board", f"Content-Length: {announced_bytes}"]
    head += [f"Authorization: {client.headers['Authorization']}", "Upload-Offset: 0", "", ""]
    connection.sendall("\r\n".join(head).encode())
    return connection


def gone_on_with(client, place) -> int:
    """Send the rest as a careful client does, from the offset on that the board tells; the first of these."""
    first = offset_of(client, place)
    offset = first
    while sent(client, place, CONTENT[offset:], offset).status_code == 409:
        offset = offset_of(client, place)
    return first


def wait_for(condition) -> None:
    """Until it holds; a test that waits for ever fails by pytest's own limit."""
    while not condition():
        time.sleep(0.05)


def test_a_submission_in_three_pieces_becomes_one_entry(client, board):
    place = begun(client)
    for start in range(0, LENGTH, LENGTH // 3):
        assert offset_of(client, place) == start
        answer = sent(client, place, CONTENT[start : start + LENGTH // 3], start)
        assert answer.status_code == 200 and answer.json()["offset"] == start + LENGTH // 3
    done = client.post(f"{place}/complete")
    assert done.status_code == 202
    assert client.post(f"{place}/complete").json() == done.json()
    told = client.get(done.json()["url"].removeprefix("/api/v1")).json()
    assert (told["status"], told["task"], told["problems"]) == ("queued", TASK, [])
    assert not (board.incoming / place.rsplit("/")[-1]).exists()
    with board.files.get(f"submissions/{announced(CONTENT)['sha256']}.zip") as kept:
        assert kept.read_bytes() == CONTENT


def test_what_came_before_a_connection_was_cut_is_kept_and_gone_on_with(client):
    place = begun(client)
    with connected(client, place, LENGTH) as connection:
        connection.sendall(CONTENT[: LENGTH // 2])
        wait_for(lambda: offset_of(client, place) > 0)
    assert 0 < gone_on_with(client, place) <= LENGTH // 2
    assert client.post(f"{place}/complete").status_code == 202


def test_a_body_that_pauses_too_long_is_ended_and_what_came_is_kept(client):
    place = begun(client)
    with connected(client, place, LENGTH) as connection:
        connection.sendall(CONTENT[:1000])
        answer = connection.makefile("rb").read()
    assert b" 408 " in answer.splitlines()[0] and b"E812" in answer
    assert offset_of(client, place) == 1000


def test_the_newest_request_goes_on_with_an_upload(client):
    place = begun(client)
    with connected(client, place, LENGTH) as old:
        old.sendall(CONTENT[: LENGTH // 2])
        wait_for(lambda: offset_of(client, place) > 0)
        gone_on_with(client, place)
        with contextlib.suppress(OSError):  # it may be told so, or only cut off
            old.sendall(CONTENT[LENGTH // 2 :])
            assert b" 409 " in old.makefile("rb").readline()
    assert offset_of(client, place) == LENGTH
    assert client.post(f"{place}/complete").status_code == 202


def test_another_offset_than_that_of_the_upload_is_refused_and_the_right_one_is_told(client):
    place = begun(client)
    sent(client, place, CONTENT[:10])
    for wrong in (0, 9, 11, LENGTH):
        answer = sent(client, place, CONTENT[wrong:], wrong)
        assert (answer.status_code, code_of(answer), answer.headers["Upload-Offset"]) == (409, "E812", "10")


def test_an_upload_that_is_not_whole_is_not_completed(client):
    place = begun(client)
    sent(client, place, CONTENT[:-1])
    answer = client.post(f"{place}/complete")
    assert (answer.status_code, code_of(answer), answer.headers["Upload-Offset"]) == (409, "E812", str(LENGTH - 1))


def test_other_bytes_than_announced_are_refused_and_may_be_sent_again(client):
    place = begun(client)
    sent(client, place, bytes(LENGTH))
    answer = client.post(f"{place}/complete")
    assert (answer.status_code, code_of(answer)) == (422, "E210")
    assert offset_of(client, place) == 0
    sent(client, place, CONTENT)
    assert client.post(f"{place}/complete").status_code == 202


def test_more_bytes_than_announced_are_refused_however_they_come(client):
    place = begun(client, b"short")
    for content in (b"longer", iter([b"lon", b"ger"])):
        answer = sent(client, place, content)
        assert (answer.status_code, code_of(answer)) == (413, "E603")


def test_more_bytes_than_a_task_needs_are_refused_before_they_come(client):
    answer = client.post("/uploads", json={**announced(b""), "length": 1 << 42})
    assert (answer.status_code, code_of(answer)) == (413, "E603")


def test_an_author_has_only_so_many_uploads_under_way(client):
    places = [begun(client) for _ in range(6)]
    answer = client.post("/uploads", json=announced(CONTENT))
    assert (answer.status_code, code_of(answer)) == (429, "E813") and answer.headers["Retry-After"]
    assert client.delete(places[0]).status_code == 204
    assert client.get(places[0]).status_code == 404
    begun(client)


def test_an_upload_expires_and_its_bytes_go(client, board, clock):
    from braincast.board.service.callers import Service
    from braincast.board.service.pieces import Pieces
    from braincast.board.service.publication import Publication
    from braincast.board.service.upkeep import clean

    place = begun(client)
    clock.pass_s(8 * 86_400)
    assert client.get(place).status_code == 404
    pieces = Pieces(board.incoming)
    clean(Service(board, ServiceLimits(), Publication(board, None, board.root / "site"), pieces))
    assert pieces.names() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit the size of files")
def test_an_upload_for_which_there_is_no_room_goes_on_when_there_is(client):
    place = begun(client)
    with largest_file(2_000_000):
        answer = sent(client, place, CONTENT)
        assert (answer.status_code, code_of(answer)) == (507, "E505")
    first = gone_on_with(client, place)
    assert 0 < first <= 2_000_000
    assert client.post(f"{place}/complete").status_code == 202


@contextlib.contextmanager
def largest_file(n_bytes):
    """A disk that takes no larger file from this process."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_submission_in_one_request_is_the_same_entry_as_one_in_pieces(client, board):
    answer = client.post(f"/tasks/{TASK}/submissions", content=CONTENT)
    assert answer.status_code == 202
    place = begun(client)
    sent(client, place, CONTENT)
    assert client.post(f"{place}/complete").json()["entry"] == answer.json()["entry"]
    assert list(board.incoming.glob("[!.]*")) == []


def test_a_submission_in_one_request_says_how_long_it_is(client):
    answer = client.post(f"/tasks/{TASK}/submissions", content=iter([b"PK"]))
    assert (answer.status_code, code_of(answer)) == (411, "E601")


def test_a_submission_in_one_request_that_breaks_off_leaves_nothing(client, board):
    url = client.base_url
    with socket.create_connection((url.host, url.port)) as connection:
        head = f"POST {url.path}tasks/{TASK}/submissions HTTP/1.1\r\nHost: board\r\nContent-Length: 500\r\n"
        connection.sendall(f"{head}Authorization: {client.headers['Authorization']}\r\n\r\nPK".encode())
        wait_for(lambda: list(board.incoming.glob("[!.]*")))
    wait_for(lambda: not list(board.incoming.glob("[!.]*")))
