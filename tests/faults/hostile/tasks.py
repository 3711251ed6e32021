"""The two small tasks that bad submissions answer: probabilities of responses, and courses of activity."""

from __future__ import annotations

from made_recordings import made_dataset, made_recording, made_task, random_walks
from synthetic import small_task

from braincast.forecasts.expected import Expected, expected_of
from braincast.tasks.kinds import AnyCard

CARDS: dict[str, AnyCard] = {
    "probabilities": small_task().card,
    "courses": made_task(made_dataset(made_recording(random_walks(120, 4)))).card,
}
EXPECTED: dict[str, Expected] = {name: expected_of(card) for name, card in CARDS.items()}
