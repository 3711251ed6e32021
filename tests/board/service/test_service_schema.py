"""What OpenAPI says of the service is what it does, whatever comes (schemathesis)."""

from __future__ import annotations

import contextlib

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from made_boards import made_board, some_bytes
from schemathesis import GenerationMode
from served_boards import TASK, announced, bearer, serving

from braincast.board import entries
from braincast.board.service.limits import ServiceLimits

pytestmark = [
    pytest.mark.slow,
    # Of schemathesis, which draws some of its wrong requests with `random`.
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning"),
]
EXAMPLES = 10
NEVER = [HealthCheck.filter_too_much, HealthCheck.too_slow]
NO_LIMIT = ServiceLimits(token_requests=1e9, address_requests=1e9, refused_requests=1e9, open_uploads=10_000)


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    board = made_board(tmp_path_factory.mktemp("schema") / "board")
    for number in range(3):
        entries.receive(board, TASK, some_bytes(board.root / "s.zip", str(number)), author="ada")
    return board


@pytest.fixture(scope="module")
def client(board):
    with serving(board, NO_LIMIT) as client:
        client.headers.update(bearer(board, "ada", scopes=["submit", "read", "moderate"]))
        client.post("/uploads", json=announced(b"PK"))
        yield client


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_endpoint_does_what_its_description_says(client, mode):
    described = schemathesis.openapi.from_url(f"{client.base_url}openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        check(operation, mode, {"Authorization": client.headers["Authorization"]})


def check(operation, mode, headers) -> None:
    """Ask one endpoint as its description says, or as it does not; every answer must be a described one."""

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=NEVER)
    def ask(case):
        case.call_and_validate(headers=headers)

    with contextlib.suppress(Unsatisfiable):  # an endpoint without parameters cannot be asked wrongly
        ask()
