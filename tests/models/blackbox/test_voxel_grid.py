"""Neurons on a grid of voxels, and back."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused
from scipy.sparse import csr_array

from braincast.models.blackbox.networks.grid import grid_around
from braincast.models.blackbox.networks.unet_network import neurons_of, volume_of


def scattered(n_neurons: int = 40, *, seed: int = 0) -> np.ndarray:
    """Positions in µm in a flat box."""
    return np.random.default_rng(seed).uniform((0, 50, -20), (800, 500, 280), size=(n_neurons, 3))


def membership(grid) -> csr_array:
    """[voxel, neuron]: 1 where the neuron lies."""
    placed = np.flatnonzero(grid.is_placed)
    return csr_array((np.ones(len(placed)), (grid.voxel[placed], placed)), shape=(grid.n_voxels, len(grid.voxel)))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000), n_voxels=st.integers(8, 5000), n_halvings=st.integers(0, 2), n_neurons=st.integers(1, 60)
)
def test_neurons_lie_in_cubes_on_a_grid_that_can_be_halved_and_is_no_larger_than_asked(
    seed, n_voxels, n_halvings, n_neurons
):
    position = scattered(n_neurons, seed=seed)
    grid = grid_around(position, n_voxels, n_halvings)
    assert grid.n_voxels <= n_voxels and all(n == 1 or n % 2**n_halvings == 0 for n in grid.shape)
    index = np.stack(np.unravel_index(grid.voxel, grid.shape), axis=1)
    corner = (position - position.min(axis=0)) / grid.edge_um - index
    spread = np.ptp(corner, axis=0)  # where a neuron lies in its cube, up to the grid's own place
    assert (spread <= 1.0 + 1e-9).all()


def test_a_grid_is_as_fine_as_the_number_of_voxels_allows():
    fine = grid_around(scattered(), 4096, 1)
    finer = grid_around(scattered(), 8 * 4096, 1)
    assert 0.5 * 4096 < fine.n_voxels <= 4096 and finer.edge_um == pytest.approx(fine.edge_um / 2, rel=0.1)


def test_a_volume_holds_the_mean_of_the_neurons_in_each_voxel_and_says_which_hold_any():
    position = np.concatenate([scattered(), [[np.nan, 1.0, 1.0]]])
    grid = grid_around(position, 60, 1)
    values = np.random.default_rng(1).normal(size=(3, 41)).astype(np.float32)
    volume = np.asarray(volume_of(grid, jnp.asarray(values))).reshape(grid.n_voxels, 4)
    inside = membership(grid)
    count = inside.sum(axis=1)
    assert count.max() > 1 and count.sum() == 40
    np.testing.assert_allclose(volume[:, :3], (inside @ values.T) / np.maximum(count, 1)[:, None], atol=1e-6)
    np.testing.assert_array_equal(volume[:, 3], count > 0)
    np.testing.assert_allclose(count @ volume[:, :3], values[:, :40].sum(axis=1), rtol=1e-4)
    np.testing.assert_array_equal(neurons_of(grid, jnp.asarray(volume).reshape(*grid.shape, 4)), inside.T @ volume)


def test_with_a_voxel_for_each_neuron_what_is_put_on_the_grid_is_read_again_to_the_bit():
    grid = grid_around(scattered(), 60_000, 2)
    assert grid.sharing == 0.0
    values = np.random.default_rng(1).normal(size=(3, 40)).astype(np.float32)
    np.testing.assert_array_equal(neurons_of(grid, volume_of(grid, jnp.asarray(values))).T[:3], values)


def test_the_share_of_neurons_that_have_no_voxel_of_their_own_is_told():
    grid = grid_around(np.array([[0.0, 0, 0], [1, 0, 0], [99, 0, 0], [np.nan, 0, 0]]), 4, 0)
    assert grid.shape == (4, 1, 1) and grid.voxel.tolist() == [0, 0, 3, 4] and grid.sharing == pytest.approx(2 / 3)


@pytest.mark.parametrize("third", [7.0, np.nan])
def test_in_a_plane_the_grid_has_one_layer(third):
    position = scattered()
    position[:, 2] = third
    grid = grid_around(position, 512, 2)
    assert grid.shape[2] == 1 and grid.halved == (2, 2, 1) and grid.is_placed.all() and 200 < grid.n_voxels <= 512


def test_neurons_at_one_point_share_one_voxel():
    assert grid_around(np.ones((3, 3)), 512, 2).shape == (1, 1, 1)


def test_without_any_place_there_is_no_grid():
    with refused("E306", "no neuron has a place", "x_um"):
        grid_around(np.full((3, 3), np.nan), 512, 1)


def test_grids_of_equal_content_are_equal():
    one, other = (grid_around(scattered(), 512, 1) for _ in range(2))
    assert one == other and hash(one) == hash(other) and one != grid_around(scattered(seed=1), 512, 1)
