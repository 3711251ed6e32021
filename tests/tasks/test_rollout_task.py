import pytest
from made_recordings import made_dataset
from made_rollouts import CONTEXT, HORIZON, rollout_task
from pydantic import ValidationError
from refusals import refused

from braincast.tasks.forecasting.build import Design
from braincast.tasks.kinds import card_of_json
from braincast.tasks.registry import task_card
from braincast.tasks.rollouts.build import FEWEST_CONTEXTS, build_rollout
from braincast.tasks.rollouts.declared import DECLARED
from braincast.tasks.rollouts.rollout import Rollout

LAW = Rollout(step=1, noise="none", settle=0, limit=50.0, divergence=(0, 5))


@pytest.fixture(scope="module")
def task():
    return rollout_task(step=5, noise="none")


def test_models_learn_the_step_and_are_asked_for_the_horizon(task):
    training = task.training(0)
    assert training.horizon == 5 and training.validation.truth.shape[1] == 5
    assert task.cases().horizon == HORIZON and task.cases().context_frames == CONTEXT
    assert len(next(training.windows())[2][0]) == 5


def test_validation_windows_follow_each_other_without_overlap(task):
    start = task.training(0).validation.windows.start
    assert (start[1:] - start[:-1] == 5).all()


def test_a_declaration_is_read_as_what_it_was_written(task):
    assert card_of_json(task.card.model_dump_json()).hash == task.hash


def test_the_horizon_is_ten_contexts_or_more():
    short = Design(context=4, horizon=4 * FEWEST_CONTEXTS - 1)
    with refused("E122", "made-rollout"):
        build_rollout(made_dataset(), "made-rollout", short, LAW)


def test_errors_are_added_frame_by_frame_only():
    with pytest.raises(ValidationError, match="step must be 1"):
        Rollout(step=2, noise="errors", settle=0, limit=50.0, divergence=(0, 5))


@pytest.mark.parametrize("name", DECLARED)
def test_built_in_rollouts_are_scored_over_ten_contexts_at_least(name):
    card = task_card(name)
    assert card.kind == "rollout" and card.horizon - card.rollout.settle >= FEWEST_CONTEXTS * card.context
    assert {"mean", "ar"} <= set(card.baselines)
