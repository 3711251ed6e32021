"""A made-up run about a made-up eye: networks that have every fact right, and untrained ones that answer nothing."""

from __future__ import annotations

import json

import numpy as np
from made_eyes import ideal_values, made_card, made_task

from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.encoding.exhibits import encoding_exhibits
from braincast.scoring.encoding.scorecard import score_encoding
from braincast.scoring.scores import Contender

MODEL, FLOOR, NULL = "optic-network", "optic-untrained", "optic-network@signs-shuffled"


def vision_run():
    """The card, the document of its run, and the exhibits."""
    task = made_task(made_card(extent=2))
    ideal = ideal_values(task.card, task)
    contenders = {
        MODEL: Contender((ideal, 2 * ideal), "model", n_seeds=2),
        FLOOR: Contender((np.zeros_like(ideal),) * 3, "baseline", n_seeds=3),
        NULL: Contender((-ideal,), "null", of=MODEL),
    }
    assessor = EncodingAssessor(task)
    document = score_encoding(task, contenders, assessor=assessor).to_dict()
    return task.card, json.loads(json.dumps(document)), encoding_exhibits(assessor, contenders, [MODEL, FLOOR])
