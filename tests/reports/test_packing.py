import base64
import json

import numpy as np
import pytest
from documents import small_exhibits

from braincast.reports.packing import data_block, packed


def unpacked(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


@pytest.fixture(scope="module")
def exhibits():
    return small_exhibits()


@pytest.fixture(scope="module")
def data(exhibits):
    return packed(exhibits)


def test_probabilities_keep_their_order_and_are_rounded_by_a_few_per_cent(exhibits, data):
    model = data["models"][0]
    log_odds = model["low"] + model["step"] * unpacked(model["codes"], "u1")
    found, exact = 1 / (1 + np.exp(-log_odds)), np.clip(exhibits.predicted["wired"].ravel(), 1e-4, 1)
    np.testing.assert_allclose(found, exact, rtol=0.03)
    order = np.argsort(exact)
    assert (np.diff(found[order]) >= 0).all()


def test_every_measured_value_comes_back(exhibits, data):
    seen = exhibits.measured
    np.testing.assert_array_equal(unpacked(data["trials"], "u1") > 0, seen.ravel())
    q = 10.0 ** (-data["q"]["step"] * unpacked(data["q"]["codes"], "<u2"))
    np.testing.assert_allclose(q, exhibits.q[seen], rtol=2e-3)
    mean = data["mean"]["step"] * unpacked(data["mean"]["codes"], "<i2")
    np.testing.assert_allclose(mean, exhibits.mean_response[seen], atol=5.1e-4)


@pytest.mark.parametrize("q", [0.05, 0.04999, 0.05001, 0.0499999999])
def test_rounding_never_moves_a_pair_across_the_threshold(q):
    shape = (6, 10)
    edge = small_exhibits(q=np.full(shape, q), responds=np.full(shape, q < 0.05), mean_response=np.full(shape, np.nan))
    data = packed(edge)
    first = int(np.ceil(-np.log10(data["alpha"]) / data["q"]["step"]))
    assert ((unpacked(data["q"]["codes"], "<u2") >= first) == (q < 0.05)).all()
    assert (unpacked(data["mean"]["codes"], "<i2") == -32768).all()


def test_certainties_and_constants_can_be_packed():
    shape = (6, 10)
    data = packed(small_exhibits(predicted={"sure": np.ones(shape), "flat": np.full(shape, 0.2)}))
    assert data["scale"][0] < data["scale"][1]
    json.dumps(data, allow_nan=False)


def test_unknown_places_are_null(exhibits):
    assert packed(small_exhibits(position_um=np.full((10, 3), np.nan)))["position_um"] == [[None] * 3] * 10


@pytest.mark.parametrize("payload", ["</script><script>x", "<!--", "a&b", "\u2028", "🧠"])
def test_the_data_cannot_leave_its_element(payload):
    text = str(data_block({"name": payload}))
    assert not set("<>&\u2028") & set(text) and text.isascii()
    assert json.loads(text) == {"name": payload}


def test_a_large_atlas_stays_small():
    rng = np.random.default_rng(0)
    shape = (173, 300)
    measured = rng.random(shape) < 0.46
    large = small_exhibits(
        neurons=tuple(f"N{i}" for i in range(300)),
        classes=("C",) * 300,
        regions=("head",) * 300,
        position_um=rng.normal(size=(300, 3)),
        stimulated=np.arange(173),
        predicted={name: rng.random(shape) for name in "abcd"},
        responds=np.zeros(shape, dtype=bool),
        n_trials=measured.astype(int),
        q=np.where(measured, 0.5, np.nan),
        mean_response=np.where(measured, 0.1, np.nan),
    )
    assert len(data_block(packed(large))) < 520_000
