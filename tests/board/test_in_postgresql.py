"""A board whose database is PostgreSQL: writers at the same moment."""

from __future__ import annotations

import threading

import pytest
from made_boards import made_board, made_card, some_bytes
from postgres_server import postgres_server

from braincast.board import entries, queue
from braincast.board.board import utc_now

TASK = made_card().name


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    with postgres_server() as url:
        made = made_board(tmp_path_factory.mktemp("board") / "board", clock=utc_now, database=url)
        yield made
        made.database.close()


def all_at_once(work, n):
    """Do some work in so many threads; what each gives."""
    begin, done = threading.Barrier(n), []

    def one(number):
        begin.wait()
        done.append(work(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_what_is_sent_at_the_same_moment_is_kept_once_and_dealt_with_once(board, tmp_path):
    def send(number):
        path = some_bytes(tmp_path / f"{number}.zip", f"{number // 2}")
        return entries.receive(board, TASK, path, author=f"author {number // 4}")

    def take(number):
        ended = []
        while (held := queue.claim(board, f"worker {number}")) is not None:
            with queue.ending(board, held) as own:
                own[1].status = "scored"
            ended.append(held.entry)
        return ended

    sent = all_at_once(send, 8)
    assert len(sent) == 8 and len(set(sent)) == 4
    assert sorted(entry for ended in all_at_once(take, 8) for entry in ended) == sorted(set(sent))
