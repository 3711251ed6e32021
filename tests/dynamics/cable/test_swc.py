"""SWC files: what they say, and what is refused, with its line."""

import numpy as np
import pytest

from braincast.dynamics.cable import cylinder, read_swc
from braincast.errors import BraincastError

# A spherical soma, and a dendrite that forks; written children first in places, with ids that are not 1, 2, 3.
BRANCHED = """# made up
7 3 0 30 0 1.0 5

2 1 0 0 0 10 -1  # the soma
5 3 0 10 0 1.0 2
9 3 40 30 0 0.5 7
8 3 0 60 40 1.0 7
"""


@pytest.fixture
def swc(tmp_path):
    def write(text, name="cell.swc"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_tree_is_read_whatever_the_order_and_the_ids_of_its_points(swc):
    found = read_swc(swc(BRANCHED))
    assert found.point[0] == 2 and found.parent[0] == -1
    assert all(above < row for row, above in enumerate(found.parent))
    parents = {
        int(point): int(found.point[above]) for point, above in zip(found.point[1:], found.parent[1:], strict=True)
    }
    assert parents == {5: 2, 7: 5, 9: 7, 8: 7}
    assert found.position_um[found.point == 9].tolist() == [[40, 30, 0]]


def test_length_area_branches_and_tips_of_a_tree_are_those_of_geometry(swc):
    found = read_swc(swc(BRANCHED))
    assert (found.n_branches, found.n_tips) == (3, 2)
    assert found.length_um == pytest.approx(20 + 40 + 50)
    slant = np.sqrt(40**2 + 0.5**2)
    assert found.area_um2 == pytest.approx(4 * np.pi * 100 + 2 * np.pi * (20 + 50) + np.pi * 1.5 * slant)
    cable = cylinder(1000.0, 1.0, n_points=5)
    assert (cable.n_branches, cable.n_tips, cable.length_um) == (1, 1, 1000)
    assert cable.area_um2 == pytest.approx(1000 * np.pi)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 1\n", "line 2", "6 columns, not 7"),
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 1 1 8\n", "line 2", "8 columns, not 7"),
        ("# x\n1 1 0 0,5 0 1 -1\n", "line 2", "y is '0,5', no number"),
        ("1 1 0 0 0 1 -1\n2.5 3 0 5 0 1 1\n", "line 2", "id is 2.5"),
        ("1 1 0 0 0 1 -1\n-2 3 0 5 0 1 1\n", "line 2", "id is -2"),
        ("1 1 0 0 0 1 -1\n2 3 0 nan 0 1 1\n", "line 2", "y is nan"),
        ("1 1 0 0 0 1 -1\n2 inf 0 1 0 1 1\n", "line 2", "type is inf"),
        ("1 1 0 0 0 1 -1\n2 3 0 1e300 0 1 1\n", "line 2", "y is 1e+300"),
        ("1 1 0 0 0 0 -1\n", "line 1", "radius is 0"),
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 -1 1\n", "line 2", "radius is -1"),
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 1 7\n", "line 2", "its parent 7 is not in the file"),
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 1 1\n2 3 0 9 0 1 1\n", "line 3", "point 2 stands on line 2 too"),
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 1 2\n", "line 2", "leads back to it"),
        ("1 1 0 0 0 1 -1\n4 3 0 9 0 1 3\n2 3 0 5 0 1 3\n3 3 0 5 0 1 2\n", "line 3", "leads back to it"),
        ("1 1 0 0 0 1 2\n2 3 0 5 0 1 1\n", "cell.swc", "there is no root"),
        ("1 1 0 0 0 1 -1\n2 3 0 5 0 1 -1\n", "line 2", "2 trees"),
        ("1 3 0 0 0 1 -1\n", "line 1", "no soma"),
        ("# nothing\n", "cell.swc", "no point"),
        ("\x00\x01binary", "line 1", "no number"),
    ],
)
def test_what_makes_no_tree_is_refused_with_its_line(swc, text, where, what):
    with pytest.raises(BraincastError) as caught:
        read_swc(swc(text))
    assert caught.value.code == "E906" and caught.value.where.endswith(where) and what in caught.value.what


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "none.swc", tmp_path):
        with pytest.raises(BraincastError, match="E906"):
            read_swc(path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.swc"
    with path.open("wb") as stream:
        stream.truncate(1 << 33)
    with pytest.raises(BraincastError, match=r"E906.*8,589,934,592 bytes"):
        read_swc(path)


def test_a_long_unbranched_axon_of_many_points_is_read(swc):
    lines = [f"{n} 2 {n} 0 0 0.5 {n - 1 if n > 1 else -1}" for n in range(1, 20_001)]
    assert read_swc(swc("\n".join(lines))).length_um == pytest.approx(19_999)


def test_a_circuit_file_names_its_morphology_beside_it_and_takes_its_area(swc, tmp_path):
    from braincast.dynamics.conductance import parameters_of, read_circuit, simulate_spikes, stacked

    swc(BRANCHED)
    path = tmp_path / "cell.toml"
    path.write_text('title = "x"\n[cells.a]\nmorphology = "cell.swc"\ncurrents = { leak = "1 mS/cm2" }\n', "utf-8")
    circuit = read_circuit(path)
    assert circuit.cells["a"].area == pytest.approx(1e-8 * read_swc(tmp_path / "cell.swc").area_um2)
    with pytest.raises(BraincastError, match="E305"):
        simulate_spikes(circuit, stacked([parameters_of(circuit)]), duration_ms=1.0)
    path.write_text(path.read_text("utf-8").replace("cell.swc", "none.swc"), "utf-8")
    with pytest.raises(BraincastError, match=r"E906.*none\.swc"):
        read_circuit(path)


def test_without_jaxley_the_error_says_what_to_install(monkeypatch):
    import sys

    from braincast.dynamics.cable import Cable
    from braincast.dynamics.conductance import read_circuit

    monkeypatch.setitem(sys.modules, "jaxley", None)  # to Python, a module that is not there
    with pytest.raises(BraincastError, match=r"E405.*pip install 'braincast\[morphology\]'"):
        Cable.of(cylinder(100.0, 1.0), read_circuit("hh"))
