"""The queue: nothing is lost, nothing is dealt with twice."""

from __future__ import annotations

import threading

import pytest
from made_boards import Clock, made_board, made_card, some_bytes

from braincast.board import entries, queue
from braincast.board.schema import EntryRow, JobRow
from braincast.board.settings import Settings
from braincast.errors import BraincastError

TASK = made_card().name
LEASE_S = Settings().scoring.lease_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def board(tmp_path, clock):
    made = made_board(tmp_path / "board", clock=clock)
    for number in range(3):
        entries.receive(made, TASK, some_bytes(tmp_path / f"{number}.zip", str(number)), author="ada")
    return made


def status(board, number):
    return entries.describe(board, number)["status"]


def end(board, held):
    """End a job as a refusal; whether it was still held."""
    with queue.ending(board, held) as own:
        if own is not None:
            queue.refuse(own[0], board, own[1], [BraincastError("E601", "x", "y", "z")])
    return own is not None


def test_jobs_are_taken_oldest_first_by_one_worker_each(board):
    held = [queue.claim(board, f"worker {n}") for n in range(3)]
    assert [claim.entry for claim in held] == [1, 2, 3]
    assert queue.claim(board, "late") is None
    assert [status(board, n) for n in (1, 2, 3)] == ["scoring"] * 3


def test_workers_at_once_never_hold_the_same_job(board):
    found, begin = [], threading.Barrier(8)

    def take(name):
        begin.wait()
        while (held := queue.claim(board, name)) is not None:
            found.append(held.entry)

    workers = [threading.Thread(target=take, args=(f"worker {n}",)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(found) == [1, 2, 3]


def test_a_job_that_ended_is_gone(board):
    assert end(board, queue.claim(board, "a"))
    assert status(board, 1) == "refused"
    assert entries.describe(board, 1)["problems"][0]["code"] == "E601"
    assert queue.claim(board, "a").entry == 2


def test_what_a_killed_worker_held_is_free_after_its_lease(board, clock):
    lost = queue.claim(board, "killed")
    clock.pass_s(LEASE_S + 1)
    assert queue.claim(board, "other").entry == lost.entry
    assert not queue.hold_on(board, lost)
    assert not end(board, lost)
    assert status(board, lost.entry) == "scoring"


def test_a_worker_that_holds_on_keeps_its_job(board, clock):
    held = queue.claim(board, "slow")
    for _ in range(3):
        clock.pass_s(LEASE_S - 1)
        assert queue.hold_on(board, held)
    assert queue.claim(board, "other").entry != held.entry
    assert end(board, held)


def test_a_job_given_back_is_taken_at_once_and_was_no_attempt(board):
    for _ in range(queue.MOST_ATTEMPTS + 3):
        held = queue.claim(board, "a")
        assert held.entry == 1
        queue.let_go(board, held)


def test_a_job_whose_workers_keep_dying_fails_and_lets_others_go_on(board, clock):
    taken = []
    while (held := queue.claim(board, "dies")) is not None and len(taken) < 50:
        taken.append(held.entry)
        clock.pass_s(LEASE_S + 1)
    assert [status(board, n) for n in (1, 2, 3)] == ["failed"] * 3
    assert taken.count(1) == queue.MOST_ATTEMPTS
    assert entries.describe(board, 1)["problems"][0]["code"] == "E808"


def test_what_goes_wrong_while_a_job_ends_leaves_it_in_the_queue(board):
    held = queue.claim(board, "a")
    with pytest.raises(ZeroDivisionError), queue.ending(board, held) as own:
        own[1].status = "scored"
        raise ZeroDivisionError
    assert status(board, 1) == "scoring"
    with board.reading() as session:
        assert session.get(JobRow, held.job) is not None


def test_an_entry_is_queued_again_once(board):
    end(board, queue.claim(board, "a"))
    for _ in range(2):
        with board.writing() as session:
            queue.requeue(session, board, session.get(EntryRow, 1))
    with board.reading() as session:
        assert queue.waiting(session)[0] == 3
