"""What the raw wiring says about responses, as given and repaired: figures that documents quote."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from braincast.brain.nulls import transposed
from braincast.datasets.worm.wiring import repaired
from braincast.dynamics.linear import normalised, steady_state_response

GAIN = 0.4


@pytest.fixture(scope="module")
def wirings(worm_atlas):
    given = worm_atlas.specimens["wt"].connectome
    tables = worm_atlas.tables
    return {"given": given, "repaired": repaired(given, tables["series_edges"], tables["synapse_signs"])}


def synapses(connectome):
    return (connectome.adjacency("chemical") + connectome.adjacency("electrical")).toarray()


@pytest.mark.parametrize(
    ("which", "direct", "forward", "backward"),
    [("given", 0.5680, 0.6256, 0.6522), ("repaired", 0.5693, 0.6304, 0.6788)],
)
def test_direct_weights_and_propagation_score_what_documents_say(worm_atlas, wirings, which, direct, forward, backward):
    responses = worm_atlas.specimens["wt"].responses
    outcome, measured = responses.responds(), responses.measured
    connectome = wirings[which]

    def area(score):
        return roc_auc_score(outcome[measured], score[measured])

    def propagated(wiring):
        return area(steady_state_response(GAIN * normalised(synapses(wiring), "input")))

    found = area(synapses(connectome)), propagated(connectome), propagated(transposed(connectome, seed=0))
    np.testing.assert_allclose(found, (direct, forward, backward), atol=1e-3)
