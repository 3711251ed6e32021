"""Scoring an entry: in a child process under limits, without network, beside the task's baselines."""

from braincast.board.judging.judgement import judge
from braincast.board.judging.nursery import Nursery
from braincast.board.judging.request import SCORER, Judged, Limits, Request
from braincast.board.judging.truths import check_truth

__all__ = ["SCORER", "Judged", "Limits", "Nursery", "Request", "check_truth", "judge"]
