"""The checks of every array's shape that tests run with, built when a function is first called and made once a call.

The import hook of jaxtyping (`--jaxtyping-packages`) puts a decorator on each function. Its own one builds two checks
of each function at import, most of which are never called, and then looks at every argument three times. This one,
which takes its place as soon as it is imported, asks beartype once, in the same scope of axis names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import partial, wraps
from types import FunctionType
from typing import Any, get_type_hints

import jaxtyping
from beartype.roar import BeartypeCallHintViolation

_thorough = jaxtyping.jaxtyped
_scope = _thorough("context")


def jaxtyped(target: Any = None, *, typechecker: Callable) -> Any:
    """A function that checks its arguments and its answer, or a dataclass whose `__init__` does."""
    if target is None:
        return partial(jaxtyped, typechecker=typechecker)
    if jaxtyping.config.jaxtyping_disable:
        return target
    if isinstance(target, type):
        own = vars(target).get("__init__")
        if is_dataclass(target) and isinstance(own, FunctionType) and not hasattr(own, "is_checked"):
            target.__init__ = _checked(own, typechecker)
        return target
    if not isinstance(target, FunctionType) or inspect.isgeneratorfunction(target):
        return _thorough(target, typechecker=typechecker)
    return _checked(target, typechecker) if target.__annotations__ else target


def _checked(function: FunctionType, typechecker: Callable) -> Callable:
    checking: Callable | None = None

    @wraps(function)
    def checked(*args, **kwargs):
        nonlocal checking
        __tracebackhide__ = True
        if checking is None:
            checking = typechecker(_told(function))
        try:
            with _scope:
                return checking(*args, **kwargs)
        except BeartypeCallHintViolation as error:  # a TypeError to whoever expects one, as it is to jaxtyping
            raise jaxtyping.TypeCheckError(str(error)) from error

    checked.is_checked = True
    return checked


def _told(function: FunctionType) -> FunctionType:
    """A copy of the function with its annotations as objects; a type that its module does not know goes unchecked."""
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__, copy.__qualname__, copy.__module__ = (
        function.__kwdefaults__,
        function.__qualname__,
        function.__module__,
    )
    copy.__annotations__ = {
        name: hint
        for name, annotation in function.__annotations__.items()
        if (hint := _hint(annotation, function.__globals__)) is not Any
    }
    return copy


def _hint(annotation: Any, known: dict[str, Any]) -> Any:
    def holder() -> None: ...

    holder.__annotations__ = {"value": annotation}
    try:
        return get_type_hints(holder, known, include_extras=True)["value"]
    except Exception:  # noqa: BLE001 - as jaxtyping does: a name of TYPE_CHECKING, or of an enclosing function
        return Any


jaxtyping.jaxtyped = jaxtyped
