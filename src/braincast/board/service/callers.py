"""Who asks: the token in the header of a request, checked before anything else is done."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from braincast.board.audit import audit
from braincast.board.board import Board
from braincast.board.service.limits import ServiceLimits
from braincast.board.service.pieces import Pieces
from braincast.board.service.publication import Publication
from braincast.board.service.rates import Rates, network_of
from braincast.board.service.refusing import Refused, too_often
from braincast.board.service.tokens import Caller, caller_of
from braincast.errors import BraincastError
from braincast.forecasts.submissions.texts import spelled


@dataclass
class Service:
    """What the endpoints share."""

    board: Board
    limits: ServiceLimits
    publication: Publication
    pieces: Pieces
    token_rates: Rates = field(init=False)
    refused_rates: Rates = field(init=False)

    def __post_init__(self) -> None:
        self.token_rates = Rates(self.limits.token_requests)
        self.refused_rates = Rates(self.limits.refused_requests)


_bearer = HTTPBearer(auto_error=False, description="A token of an author: braincast board token BOARD create AUTHOR")


def service_of(request: Request) -> Service:
    """What the endpoints share."""
    return request.app.state.service


Shared = Annotated[Service, Depends(service_of)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def caller(request: Request, service: Shared, given: Credentials) -> Caller:
    """Who asks; 401 without a valid token, 429 for one that asks too often."""
    found = _known(service, given)
    if found is None:
        raise _unknown(request, service)
    wait_s = service.token_rates.take(found.token_id)
    if wait_s:
        raise too_often(wait_s)
    return found


def anyone(request: Request, service: Shared, given: Credentials) -> Caller | None:
    """Who asks, or nobody without a token; 401 for one that is not valid."""
    if "authorization" not in request.headers:
        return None
    return caller(request, service, given)


def _known(service: Service, given: HTTPAuthorizationCredentials | None) -> Caller | None:
    if given is None:
        return None
    with service.board.reading() as session:
        return caller_of(session, given.credentials, service.board.stamp())


def _unknown(request: Request, service: Service) -> Refused:
    """The same for every reason; an address that is refused again and again has to wait."""
    address = network_of(request.client.host if request.client else "unknown")
    wait_s = service.refused_rates.take(address)
    if wait_s:
        return too_often(wait_s)
    with suppress(BraincastError), service.board.writing() as session:  # a busy database must not open the door
        audit(session, service.board, address, "refuse-token", f"{request.method} {spelled(request.url.path, 200)}")
    fix = "Send `Authorization: Bearer` and a token that whoever hosts this board gave you"
    error = BraincastError("E811", "Authorization", "this needs a valid token", fix)
    return Refused(401, error, {"WWW-Authenticate": 'Bearer realm="braincast"'})


def require(found: Caller, scope: str) -> None:
    """403 unless the token may do this."""
    if scope not in found.scopes:
        error = BraincastError("E811", "token", f"it does not have the scope {scope}", "Ask for one that has")
        raise Refused(403, error)


def submitter(found: Annotated[Caller, Depends(caller)]) -> Caller:
    """Who may submit."""
    require(found, "submit")
    return found


def moderator(found: Annotated[Caller, Depends(caller)]) -> Caller:
    """Who may hide and show entries."""
    require(found, "moderate")
    return found


Submitter = Annotated[Caller, Depends(submitter)]
Moderator = Annotated[Caller, Depends(moderator)]
Anyone = Annotated[Caller | None, Depends(anyone)]
