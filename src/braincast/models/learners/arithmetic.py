"""On what and how exactly JAX computes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import jax
from threadpoolctl import threadpool_limits

_POOL_SIZE = "PJRT_NPROC"


@contextmanager
def reference_arithmetic() -> Iterator[None]:
    """float64 on the CPU with one thread: the same bits with one core or many, with an accelerator or without.

    Whoever sets JAX's default device, or used JAX in this process before, gets their device and threads, and no such
    promise.
    """
    device = _chosen_device() or _one_thread_cpu()
    with jax.enable_x64(True), jax.default_device(device), threadpool_limits(1):
        yield


@contextmanager
def single_precision() -> Iterator[None]:
    """float32 without shortcuts, on the first of `devices()`: an accelerator's matrix products round to less if let."""
    with ExitStack() as held:
        held.enter_context(jax.enable_x64(False))
        held.enter_context(jax.default_device(devices()[0]))
        held.enter_context(jax.default_matmul_precision("highest"))
        yield


def devices() -> list[Any]:
    """What to train on: JAX's default device if one is set, else all accelerators here, else the CPU with one thread.

    With one thread the bits are the same on one core or many; the environment variable PJRT_NPROC asks for more.
    """
    chosen = _chosen_device()
    if chosen is not None and not isinstance(chosen, str):
        return [chosen]
    with _one_thread_start():
        return list(jax.local_devices(backend=chosen))


def _chosen_device() -> Any:
    return jax.config.jax_default_device  # pyright: ignore[reportAttributeAccessIssue]


@cache
def _one_thread_cpu() -> Any:
    with _one_thread_start():
        return jax.devices("cpu")[0]


@contextmanager
def _one_thread_start() -> Iterator[None]:
    """XLA sizes the CPU's pool of threads when it starts, by this variable if set; its sums depend on that size."""
    is_free = _POOL_SIZE not in os.environ
    if is_free:
        os.environ[_POOL_SIZE] = "1"
    try:
        yield
    finally:
        if is_free:
            del os.environ[_POOL_SIZE]
