"""Cell classes of the worm against White et al. 1986: 302 neurons in 118 classes."""

from __future__ import annotations

import pytest

from braincast.brain.homologues import homologue_pairs, worm_cell_classes

NUMBERED = {"AS": 11, "DA": 9, "DB": 7, "DD": 6, "VA": 12, "VB": 11, "VC": 6, "VD": 13}
SINGLE = (
    *("ALA", "AQR", "AVG", "AVL", "AVM", "DVA", "DVB", "DVC", "I3", "I4", "I5", "I6", "M1", "M4", "M5", "MI"),
    *("PDA", "PDB", "PQR", "PVM", "PVR", "PVT", "RID", "RIH", "RIR", "RIS"),
)
SIX = ("IL1", "IL2", "RMD")
FOUR = ("CEP", "OLQ", "SAA", "SIA", "SIB", "SMB", "SMD", "URA", "URY")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["ASEL", "ASER"], "ASE"),
        (["AWCON", "AWCOFF", "AWCOF"], "AWC"),
        (["VA1", "VA01", "VA12"], "VA"),
        (["RMED", "RMEV", "RMEL", "RMER"], "RME"),
        (["SABD", "SABVL", "SABVR"], "SAB"),
        *[([f"{name}D{side}" for side in "LR"] + [f"{name}V{side}" for side in "LR"], name) for name in FOUR],
        *[([f"{name}{place}" for place in ("DL", "DR", "L", "R", "VL", "VR")], name) for name in SIX],
    ],
)
def test_homologues_form_one_class(members, expected):
    assert set(worm_cell_classes(members)) == {expected}


def test_numbered_motor_neurons_form_one_class_each():
    names = [f"{name}{number}" for name, count in NUMBERED.items() for number in range(1, count + 1)]
    assert len(set(worm_cell_classes(names))) == len(NUMBERED)


def test_unpaired_neurons_stand_alone():
    assert worm_cell_classes([*SINGLE, "ASEL", "ASER"])[: len(SINGLE)] == list(SINGLE)


def test_a_trailing_letter_is_a_side_only_with_a_partner():
    assert worm_cell_classes(["AVL", "RIR", "I1L", "I1R", "ADAL"]) == ["AVL", "RIR", "I1", "I1", "ADAL"]


def test_pairs_are_left_and_right_in_the_order_of_the_left_ones():
    assert homologue_pairs(["RIMR", "AVL", "AVAL", "RIML", "AVAR", "RMEL"]) == [("AVAL", "AVAR"), ("RIML", "RIMR")]
