"""Circuits from TOML: what is read, and what is refused with which code."""

from pathlib import Path

import pytest
from refusals import refusal

from braincast.dynamics.conductance.reading import circuit_names, read_circuit

OWN = """
title = "Two cells and a gap junction"
[initial]
voltage = "-60 mV"
[cells.left]
area = "1e-5 cm2"
currents = { leak = "0.1 mS/cm2", mine = "2 mS/cm2" }
[cells.right]
area = "2e-5 cm2"
capacitance = "2 uF/cm2"
currents = { leak = "0.1 mS/cm2" }
[[synapses]]
from = "left"
to = "right"
kind = "electrical"
conductance = "1 nS"
[currents.mine]
reversal = "-80 mV"
[currents.mine.gates.n]
power = 2
steady = { half = "-40 mV", slope = "-5 mV" }
time = { base = "10 ms" }
"""


@pytest.fixture
def written(tmp_path):
    def written(text, name="own.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def test_what_comes_with_braincast_can_be_read():
    assert circuit_names() == ["hh", "pyloric", "stg-cell"]
    for name in circuit_names():
        assert read_circuit(name).name == name


def test_a_file_of_ones_own_declares_currents_of_its_own(written):
    circuit = read_circuit(written(OWN))
    assert circuit.name == "own" and set(circuit.currents) == {"leak", "mine"}
    assert circuit.currents["mine"].gates["n"].power == 2
    assert circuit.synapse_kinds["electrical"].electrical and circuit.synapses[0].conductance == 1.0
    assert circuit.cells["right"].capacitance == 2.0


@pytest.mark.parametrize(
    ("code", "told", "old", "new"),
    [
        ("E901", "no TOML", "[cells.left]", "[cells.left"),
        ("E901", "no such key", "power = 2", "powr = 2"),
        ("E901", "missing", 'area = "1e-5 cm2"\n', ""),
        ("E901", "no reversal and no calcium", 'reversal = "-80 mV"\n', ""),
        ("E903", "steady and time", 'time = { base = "10 ms" }\n', ""),
        ("E902", "no current", "mine = ", "nine = "),
        ("E902", "no cell", 'to = "right"', 'to = "write"'),
        ("E902", "no kind of synapse", 'kind = "electrical"', 'kind = "electric"'),
        ("E903", "is a conductance", "2 mS/cm2", "2 nS"),
        ("E903", "unknown unit", "1e-5 cm2", "1e-5 acres"),
        ("E903", "has no unit", '"-60 mV"', "-60"),
        ("E903", "greater than 0", '"1e-5 cm2"', '"0 cm2"'),
        ("E903", "greater than or equal to 0", '"2 mS/cm2"', '"-2 mS/cm2"'),
        ("E901", "", "power = 2", 'power = "two"'),
        ("E903", "", "power = 2", "power = 99"),
        ("E901", "itself", 'to = "right"', 'to = "left"'),
        ("E903", "slope", '"-5 mV"', '"0 mV"'),
        ("E903", "time", 'base = "10 ms"', 'base = "0 ms"'),
    ],
)
def test_each_fault_has_its_code(written, code, told, old, new):
    assert old in OWN
    path = written(OWN.replace(old, new, 1))
    error = refusal(code, read_circuit, path)
    assert told in error.what and error.where.startswith(str(path))


def test_what_is_no_file_or_no_text_is_refused(written, tmp_path):
    refusal("E405", read_circuit, "nobody")
    refusal("E405", read_circuit, tmp_path)
    refusal("E901", read_circuit, written(b"\xff\xfe\x00"))
    refusal("E901", read_circuit, written(""))
    refusal("E901", read_circuit, written("#" * (2 << 20)))
    refusal("E901", read_circuit, written('currents = 3\ntitle = "a"'))


def test_a_synapse_that_is_there_twice_is_refused(written):
    twice = OWN.replace(
        "[currents.mine]", OWN[OWN.index("[[synapses]]") :].split("[currents")[0] + "[currents.mine]", 1
    )
    refusal("E902", read_circuit, written(twice))


def test_the_page_shows_a_file_that_can_be_simulated(written):
    from braincast.dynamics.conductance import simulate

    page = (Path(__file__).parents[3] / "docs" / "concepts" / "circuits.md").read_text(encoding="utf-8")
    circuit = read_circuit(written(page.split("```toml\n")[1].split("```")[0]))
    quiet, awake = (simulate(circuit.changed({"wake": amount}), duration_ms=100.0) for amount in (0, 1))
    assert circuit.changed({"wake": 1}).cells["left"].currents["A"] == pytest.approx(28.0)
    assert awake.voltage_mv[-1] != pytest.approx(quiet.voltage_mv[-1])
