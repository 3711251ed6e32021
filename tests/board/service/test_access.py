"""Who may do what over HTTP, how often, and what repeated requests do."""

from __future__ import annotations

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest
from made_boards import Clock, made_board, some_bytes
from served_boards import TASK, announced, bearer, code_of, serving

from braincast.board import entries
from braincast.board.audit import audited
from braincast.board.schema import EntryRow, TokenRow
from braincast.board.service.limits import ServiceLimits
from braincast.board.service.tokens import create_token, revoke_token

CONTENT = b"PK not really"


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def board(tmp_path_factory, clock):
    return made_board(tmp_path_factory.mktemp("access") / "board", clock=clock, patience_s=0.3)


@pytest.fixture(scope="module")
def client(board):
    with serving(board, ServiceLimits(json_bytes=16_384, refused_requests=1e6)) as client:
        yield client


@pytest.fixture
def entry(board, tmp_path, request) -> int:
    """An entry of ada, another for each test."""
    return entries.receive(board, TASK, some_bytes(tmp_path / "s.zip", request.node.name), author="ada")


def set_state(board, entry, **values):
    with board.writing() as session:
        for key, value in values.items():
            setattr(session.get(EntryRow, entry), key, value)


def begin(client, headers, **changes):
    return client.post("/uploads", json={**announced(CONTENT), **changes}, headers=headers)


def writes(entry):
    """Every way to write, with a token or without."""
    upload = f"/uploads/{'0' * 32}"
    return [
        ("POST", "/uploads"),
        *((method, upload) for method in ("GET", "HEAD", "PATCH", "DELETE")),
        ("POST", f"{upload}/complete"),
        ("POST", f"/tasks/{TASK}/submissions"),
        *(("POST", f"/entries/{entry}/{action}") for action in ("withdraw", "hide", "show")),
    ]


def refused_alike(answer: httpx.Response, method: str) -> bool:
    told = answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    return told and (method == "HEAD" or code_of(answer) == "E811")


def sent(client, method, path, headers=None):
    body = {"json": announced(CONTENT)} if path == "/uploads" else {}
    return client.request(method, path, headers={"Upload-Offset": "0", **(headers or {})}, **body)


def test_nobody_writes_without_a_token_or_with_a_wrong_revoked_or_expired_one(client, board, entry, clock):
    revoked, expired = create_token(board, "ada"), create_token(board, "ada", days=1)
    revoke_token(board, revoked["id"])
    clock.pass_s(2 * 86_400)
    secrets = ["bc_" + "A" * 43, revoked["token"], expired["token"], revoked["token"][:-1], "x", "\xe9"]
    headers = [{}, *({"Authorization": f"Bearer {secret}".encode("latin-1")} for secret in secrets)]
    headers.append({"Authorization": f"Basic {revoked['token']}"})
    answers = [(method, sent(client, method, path, given)) for method, path in writes(entry) for given in headers]
    assert all(refused_alike(answer, method) for method, answer in answers)
    assert len({answer.content for method, answer in answers if method == "POST"}) == 1
    assert entries.describe(board, entry)["visibility"] == "shown"


def test_a_token_is_stored_as_its_hash_and_shown_once(board):
    made = create_token(board, "grace", label="laptop")
    assert made["token"].startswith("bc_") and len(made["token"]) >= 3 + 256 / 6
    with board.reading() as session:
        row = session.get(TokenRow, made["id"])
        assert row.digest == hashlib.sha256(made["token"].encode()).hexdigest()
    stored = b"".join(path.read_bytes() for path in board.root.glob("board.db*"))
    assert row.digest.encode() in stored and made["token"].encode() not in stored


def test_a_token_is_revoked_at_once(client, board):
    made = create_token(board, "ada")
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert begin(client, headers).status_code == 201
    revoke_token(board, made["id"])
    assert begin(client, headers).status_code == 401


@pytest.mark.parametrize("scope", ["read", "moderate"])
def test_a_token_does_only_what_its_scopes_allow(client, board, entry, scope):
    headers = bearer(board, "ada", scopes=[scope])
    for method, path in writes(entry):
        may = scope == "moderate" and path.endswith(("hide", "show"))
        answer = sent(client, method, path, headers)
        assert (answer.status_code == 200) if may else (answer.status_code == 403)


def test_another_authors_upload_is_not_there(client, board):
    place = f"/uploads/{begin(client, bearer(board, 'ada')).json()['id']}"
    other = bearer(board, "eve")
    unknown = f"/uploads/{'0' * 32}"
    for method, end in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/complete")):
        answer = sent(client, method, place + end, other)
        assert answer.status_code == 404
        assert answer.content == sent(client, method, unknown + end, other).content


def test_only_its_author_withdraws_an_entry(client, board, entry):
    answer = client.post(f"/entries/{entry}/withdraw", headers=bearer(board, "eve"))
    assert (answer.status_code, code_of(answer)) == (403, "E811")
    answer = client.post(f"/entries/{entry}/withdraw", headers=bearer(board, "ada"), json={"remark": "A mistake."})
    assert answer.status_code == 200 and answer.json()["visibility"] == "withdrawn"
    again = client.post(f"/entries/{entry}/withdraw", headers=bearer(board, "ada"))
    assert (again.status_code, code_of(again)) == (409, "E815")


@pytest.mark.parametrize("state", [{"status": "refused"}, {"status": "failed"}, {"visibility": "hidden"}], ids=str)
def test_what_is_not_public_of_an_entry_only_its_author_sees(client, board, entry, state):
    problem = {"code": "E601", "where": "submission", "what": "it is no zip archive", "fix": "Zip it"}
    set_state(board, entry, problems=f"[{httpx.Response(200, json=problem).text}]", **state)
    strangers = ({}, bearer(board, "eve"), bearer(board, "ada", scopes=["submit"]))
    for headers in strangers:
        assert client.get(f"/entries/{entry}", headers=headers).status_code == 404
    assert client.post(f"/entries/{entry}/withdraw", headers=strangers[1]).status_code == 404
    told = client.get(f"/entries/{entry}", headers=bearer(board, "ada")).json()
    assert told["problems"] == [problem] and told["author"] == "ada"


def test_a_request_with_a_key_is_done_once_also_after_a_restart(tmp_path):
    board = made_board(tmp_path / "board")
    headers = {**bearer(board, "ada"), "Idempotency-Key": "first"}
    with serving(board) as client:
        begun = begin(client, headers)
        assert begin(client, headers).json() == begun.json()
        one = client.post(f"/tasks/{TASK}/submissions", content=CONTENT, headers={**headers, "Idempotency-Key": "one"})
    with serving(board) as client:
        assert begin(client, headers).json() == begun.json()
        again = client.post(
            f"/tasks/{TASK}/submissions", content=CONTENT, headers={**headers, "Idempotency-Key": "one"}
        )
        assert (again.status_code, again.json()) == (202, one.json())
        for other in (begin(client, headers, length=5), client.post("/entries/1/withdraw", headers=headers)):
            assert (other.status_code, code_of(other)) == (422, "E814")
        assert begin(client, {**bearer(board, "eve"), "Idempotency-Key": "first"}).json()["id"] != begun.json()["id"]
        assert client.get(f"/uploads/{begun.json()['id']}", headers=headers).json()["offset"] == 0


def test_the_same_request_from_many_at_once_is_done_once(tmp_path):
    board = made_board(tmp_path / "board")
    token = bearer(board, "many")
    headers = {**token, "Idempotency-Key": "at-once"}
    with serving(board) as client, ThreadPoolExecutor(8) as pool:
        begun = [future.result() for future in [pool.submit(begin, client, headers) for _ in range(8)]]
        assert len({answer.json()["id"] for answer in begun}) == 1
        place = f"/uploads/{begun[0].json()['id']}"
        client.patch(place, content=CONTENT, headers={**headers, "Upload-Offset": "0"})
        done = list(pool.map(lambda _: client.post(f"{place}/complete", headers=token), range(8)))
    assert {answer.status_code for answer in done} == {202}
    assert len({answer.json()["entry"] for answer in done}) == 1


def test_who_asks_too_often_is_told_when_to_come_again(board):
    headers, other = bearer(board, "ada"), bearer(board, "eve")
    with serving(board, ServiceLimits(token_requests=3.0, address_requests=10.0)) as client:
        answers = [client.get("/entries/1", headers=headers) for _ in range(4)]
        assert 429 not in [answer.status_code for answer in answers[:3]]
        assert (answers[3].status_code, code_of(answers[3])) == (429, "E813")
        assert 1 <= int(answers[3].headers["Retry-After"]) <= 20
        assert client.get("/entries/1", headers=other).status_code != 429
        assert [client.get("/version").status_code for _ in range(6)] == [200] * 5 + [429]


def test_who_guesses_tokens_has_to_wait(board):
    with serving(board, ServiceLimits(refused_requests=3.0)) as client:
        tried = [begin(client, {"Authorization": f"Bearer bc_{number}"}).status_code for number in range(5)]
        assert tried == [401, 401, 401, 429, 429]
        assert begin(client, bearer(board, "ada")).status_code == 201


def test_bodies_that_are_no_request_are_refused_in_the_same_shape(client, board):
    headers = bearer(board, "ada")
    bodies = {b"{": 422, b"[" * 10_000: 422, b"[1]": 422, b"9" * 5_000: 422, b" " * 20_000: 413, b"\xff\xfe": 422}
    for body, status in bodies.items():
        answer = client.post("/uploads", content=body, headers={**headers, "Content-Type": "application/json"})
        assert answer.status_code == status, body[:10]
        assert code_of(answer) in ("E611", "E305")
    for answer in (client.get("/nowhere"), client.put("/uploads"), client.get("/entries/none")):
        assert answer.status_code in (404, 405, 422) and code_of(answer)


def test_a_database_that_is_locked_is_busy_and_not_broken(client, board):
    headers = bearer(board, "ada")
    with closing(sqlite3.connect(board.root / "board.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = begin(client, headers)
        assert (answer.status_code, code_of(answer)) == (503, "E803") and answer.headers["Retry-After"]
        assert str(board.root) not in answer.text
        assert client.get("/health").json()["status"] == "ok"
        other.execute("ROLLBACK")
    assert begin(client, headers).status_code == 201


def test_writes_and_refused_tokens_are_noted_without_secrets(client, board):
    made = create_token(board, "hedy")
    client.post("/uploads", json=announced(b"x"), headers={"Authorization": f"Bearer {made['token']}"})
    client.post("/uploads", json=announced(b"x"), headers={"Authorization": "Bearer bc_guessed"})
    with board.reading() as session:
        notes = audited(session, 3)
    assert [(note["who"], note["action"]) for note in notes] == [
        ("host", "create-token"),
        ("hedy", "begin-upload"),
        ("127.0.0.1", "refuse-token"),
    ]
    assert made["token"] not in str(notes) and "bc_guessed" not in str(notes)
