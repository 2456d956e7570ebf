"""The version for deployment: no depth, the same mask, a smaller file."""

import numpy as np
import pytest
import torch

from segstudio.errors import ModelError
from segstudio.jobs.steps import DepthStripped
from segstudio.jobs.strip_depth import StripDepthRequest, card_without_depth, strip_depth
from segstudio.models.versions import VersionStore, resolve_model
from segstudio.models.weights import create_for


def test_the_stripped_version_gives_the_same_mask_from_a_smaller_file(tmp_path):
    (*_, done) = strip_depth(StripDepthRequest("two-decoder-light", output=tmp_path))
    assert isinstance(done, DepthStripped)
    assert done.bytes_after < 0.9 * done.bytes_before
    version = VersionStore(tmp_path).get(done.version_id)
    assert (version.card_id, version.parent) == ("unet-light", "two-decoder-light")
    pixels = torch.rand(2, 3, 65, 90, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        old = create_for(resolve_model("two-decoder-light")).eval()(pixels)
        new = create_for(resolve_model(str(version.folder))).eval()(pixels)
    assert new.depth is None
    np.testing.assert_array_equal(new.logits.numpy(), old.logits.numpy())


@pytest.mark.parametrize(
    ("card", "left"),
    [
        ("gray:two-decoder-light", "gray:unet-light"),
        ("two-decoder-resnet50", "unet@resnet50"),
        ("two-decoder@resnet34", "unet@resnet34"),
    ],
)
def test_what_is_left_of_two_decoders_is_a_u_net(card, left):
    assert card_without_depth(card) == left


def test_a_model_without_depth_has_nothing_to_cut_off(tmp_path):
    with pytest.raises(ModelError, match="nothing to cut off"):
        list(strip_depth(StripDepthRequest("mff-light", output=tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_card_needs_a_folder(tmp_path):
    with pytest.raises(ModelError, match="name a folder"):
        list(strip_depth(StripDepthRequest("two-decoder-light")))
