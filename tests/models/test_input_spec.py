"""An input spec travels as JSON and refuses ranges that fit no band."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.models.input_spec import InputSpec

VALUES = st.floats(-1e6, 1e6)


@st.composite
def specs(draw):
    bands = draw(st.none() | st.lists(st.integers(0, 20), min_size=1, max_size=5).map(tuple))
    if draw(st.booleans()):
        return InputSpec(bands=bands)
    low = draw(st.lists(VALUES, min_size=1, max_size=5))
    widths = draw(st.lists(st.floats(1.0, 1e5), min_size=len(low), max_size=len(low)))
    high = tuple(a + b for a, b in zip(low, widths, strict=True))
    return InputSpec(bands=bands, scaling="fixed", low=tuple(low), high=high)


@given(spec=specs())
def test_a_spec_survives_json(spec):
    assert InputSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_eight_bit_images_use_their_whole_range_and_others_each_scenes_own():
    assert InputSpec.for_dtype("uint8").ranges(3) == ((0.0,) * 3, (255.0,) * 3)
    assert InputSpec.for_dtype("uint16", bands=(2, 1, 0)) == InputSpec(bands=(2, 1, 0), scaling="scene")


@pytest.mark.parametrize(
    "values",
    [
        {"scaling": "fixed"},
        {"scaling": "fixed", "low": (1.0,), "high": (1.0,)},
        {"scaling": "fixed", "low": (0.0, 0.0), "high": (1.0,)},
        {"scaling": "other"},
    ],
)
def test_a_spec_that_fits_no_band_is_refused(values):
    with pytest.raises(ValueError):
        InputSpec(**values)


def test_ranges_for_another_number_of_bands_are_refused():
    with pytest.raises(ValueError, match="2 value ranges for 3 bands"):
        InputSpec(scaling="fixed", low=(0.0, 0.0), high=(1.0, 1.0)).ranges(3)
