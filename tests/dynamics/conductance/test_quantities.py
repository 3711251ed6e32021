"""Quantities with units."""

import pytest

from braincast.dynamics.conductance.quantities import AREA, CONDUCTANCE, DENSITY, TEMPERATURE, TIME, VOLTAGE, quantity


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("-50 mV", VOLTAGE, -50.0),
        ("0.05V", VOLTAGE, 50.0),
        ("1e-3 S/cm^2", DENSITY, 1.0),
        ("2 pS/µm²", DENSITY, 0.2),
        ("30 nS", CONDUCTANCE, 30.0),
        ("1 uS", CONDUCTANCE, 1000.0),
        ("0.6283e-3 cm2", AREA, 0.6283e-3),
        ("100 um2", AREA, 1e-6),
        ("10 °C", TEMPERATURE, 10.0),
        (" 5  ms ", TIME, 5.0),
    ],
)
def test_units_are_worth_what_they_are_worth(text, dimension, value):
    assert quantity(text, dimension) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("400 mV", "is a voltage"),
        ("400", "has no unit"),
        (400, "has no unit"),
        ("400 mS/cm3", "did you mean 'mS/cm2'"),
        ("many mS/cm2", "is not a quantity"),
        ("1e999 mS/cm2", "not finite"),
        (True, "is not a quantity"),
        (None, "is not a quantity"),
        ("", "is not a quantity"),
    ],
)
def test_what_is_no_such_quantity_is_told(text, told):
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        quantity(text, DENSITY)
