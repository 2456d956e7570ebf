"""What the network sees through the gray adapter, before and after it has learned something."""

import numpy as np
import pytest
import torch
from known_scenes import class_map, paint, write_scene

from segstudio.errors import ModelError
from segstudio.jobs.network_view import NetworkView, NetworkViewRequest, network_view
from segstudio.models.versions import VersionStore, resolve_model
from segstudio.models.weights import create_for
from segstudio.raster.window import Window


@pytest.fixture
def gray_scene(tmp_path):
    return write_scene(tmp_path / "gray.tif", paint(class_map(200, 300))[:1])


@pytest.fixture
def taught(tmp_path):
    """A version whose adapter makes its second band a horizontal edge filter."""
    ref = resolve_model("gray:two-decoder-light")
    net = create_for(ref, in_bands=1)
    with torch.no_grad():
        net.adapter.mix.weight[1, 0] += torch.tensor([[0.0, 0, 0], [-0.5, 0, 0.5], [0, 0, 0]])
    return VersionStore(tmp_path / "versions").add(
        card_id=ref.card.id, parent=None, state=net.state_dict(), classes=ref.classes, input=ref.input,
        in_bands=1,
    )  # fmt: skip


def view_of(image, model, **changes):
    *_, view = network_view(NetworkViewRequest(image, str(model), **changes))
    assert isinstance(view, NetworkView)
    return view


def test_before_training_the_network_sees_plain_stacking(gray_scene):
    view = view_of(gray_scene, "gray:two-decoder-light")
    assert view.is_plain
    np.testing.assert_array_equal(view.seen, view.stacked)
    assert not view.mix.any() and not view.refine.any()


def test_what_the_adapter_has_learned_is_seen_and_measured(gray_scene, taught):
    view = view_of(gray_scene, taught.folder)
    assert not view.is_plain
    np.testing.assert_allclose(view.mix[1, 0, 1], [-0.5, 0, 0.5], atol=1e-6)
    assert (view.difference[:, 1] > 0.01).all()
    assert (view.difference[:, [0, 2]] < 1e-6).all()
    np.testing.assert_array_equal(view.seen[..., 0], view.stacked[..., 0])
    assert (view.seen[..., 1] != view.stacked[..., 1]).any()
    low, high = view.seen_range[1]
    assert low < high


def test_gray_weights_serve_one_band_and_others_begin_as_plain_stacking(tmp_path, gray_scene):
    assert not view_of(gray_scene, "gray:mff-light").is_plain
    colour = write_scene(tmp_path / "colour.tif", paint(class_map(200, 300)))
    assert view_of(colour, "gray:mff-light").is_plain


def test_a_part_is_seen_at_the_resolution_asked_for(gray_scene, taught):
    view = view_of(gray_scene, taught.folder, window=Window(100, 50, 400, 100), max_px=50)
    assert view.window == Window(100, 50, 200, 100)
    assert view.seen.shape == (25, 50, 3)


def test_a_model_without_adapter_is_answered_with_a_sentence(gray_scene):
    with pytest.raises(ModelError, match="gray adapter"):
        list(network_view(NetworkViewRequest(gray_scene, "mff-light")))
