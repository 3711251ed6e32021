"""The nearest class: which stimuli speak for a case, and that equal ones all do."""

import numpy as np
import pytest
from synthetic import small_task

from braincast.models.connectome.nearest_class import _nearest
from braincast.models.responses.propensity import other_classes
from braincast.models.responses.seen_responses import SeenResponses

TRAINING = small_task().training(0)
SEEN = SeenResponses.of(TRAINING)
DRIVE, KEEP = TRAINING.cases.drive, other_classes(TRAINING.cases)


def test_the_stimuli_of_the_most_similar_other_class_speak_for_a_case():
    similarity = np.random.default_rng(0).random((DRIVE.shape[1],) * 2)
    chosen = _nearest(SEEN, DRIVE, KEEP, similarity)
    stimulated, groups = SEEN.drive.argmax(axis=1), np.array(TRAINING.cases.group)
    for case in (0, 9, 21):
        others = sorted(set(groups) - {groups[case]})
        means = [similarity[stimulated[case], stimulated[groups == group]].mean() for group in others]
        np.testing.assert_array_equal(chosen[case], groups == others[int(np.argmax(means))])


@pytest.mark.parametrize("value", [0.0, 0.3])
def test_classes_that_are_equally_similar_all_speak(value):
    np.testing.assert_array_equal(_nearest(SEEN, DRIVE, KEEP, np.full((DRIVE.shape[1],) * 2, value)), KEEP)
