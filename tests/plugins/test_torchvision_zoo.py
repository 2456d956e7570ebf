"""Objects become masks, the surest on top; what nobody found stays unlabelled."""

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import segmentation
from torchvision.models.detection import FasterRCNN, MaskRCNN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.rpn import AnchorGenerator
from torchvision.ops import MultiScaleRoIAlign

from segstudio import shipped
from segstudio.errors import ModelError
from segstudio.jobs.model_choice import ModelWish
from segstudio.models.cards import ModelCard
from segstudio.models.fitting import fit
from segstudio.models.nets.assembly import _builder
from segstudio.models.nets.function import FunctionBody
from segstudio.models.plugins import read_plugin
from segstudio.models.registry import default_registry

FOLDER = shipped.plugins() / "torchvision_zoo"


@pytest.fixture(scope="module")
def zoo():
    """The plugin's module, as the program loads it."""
    card = next(card for card in read_plugin(FOLDER).cards if card.id == "zoo-maskrcnn-resnet50")
    build = _builder(card)
    return type("Zoo", (), build.__globals__)


@pytest.fixture
def photo():
    """A blue disc on a meadow, values 0..1, and where the disc is."""
    rows, cols = np.mgrid[:120, :160]
    disc = (rows - 60) ** 2 + (cols - 80) ** 2 < 30**2
    noise = np.random.default_rng(0).normal(0, 0.02, (3, 120, 160))
    image = np.where(disc, np.array([0.1, 0.2, 0.9])[:, None, None], np.array([0.2, 0.6, 0.1])[:, None, None])
    return (image + noise).clip(0, 1).astype(np.float32), disc


def small_net(kind):
    """A real detection network, so small and so random that it finds anything anywhere."""
    torch.manual_seed(0)
    backbone = nn.Sequential(nn.Conv2d(3, 8, 3, stride=8, padding=1), nn.ReLU())
    backbone.out_channels = 8
    anchors = AnchorGenerator(sizes=((16, 32),), aspect_ratios=((1.0,),))
    options = {"min_size": 64, "max_size": 96, "rpn_anchor_generator": anchors, "box_score_thresh": 0.0}
    options |= {"box_roi_pool": MultiScaleRoIAlign(["0"], 7, 2), "box_detections_per_img": 6}
    options |= {"box_head": TwoMLPHead(8 * 7 * 7, 16), "box_predictor": FastRCNNPredictor(16, 4)}
    if kind is MaskRCNN:
        options |= {"mask_roi_pool": MultiScaleRoIAlign(["0"], 14, 2), "mask_head": MaskRCNNHeads(8, (8,), 1)}
        options["mask_predictor"] = MaskRCNNPredictor(8, 8, 4)
    return kind(backbone, **options)


@pytest.mark.parametrize("kind", [MaskRCNN, FasterRCNN])
@pytest.mark.parametrize("size", [(45, 83), (32, 32), (1, 1)])
def test_a_real_detector_becomes_scores_of_the_images_size(zoo, kind, size):
    finder = zoo.ObjectFinder(small_net(kind), [frozenset({1}), frozenset({2, 3})], min_score=0.0)
    pixels = np.random.default_rng(1).random((2, 3, *size)).astype(np.float32)
    scores = finder.predict_scores(pixels)
    assert scores.shape == (2, 2, *size)
    assert (scores.sum(axis=1) <= 1).all()
    if size == (45, 83):
        assert (scores > 0.5).any()
    body = FunctionBody(finder, class_count=2)
    assert body(torch.from_numpy(pixels)).shape == (2, 3, *size)


def test_what_is_not_found_says_nothing_and_the_surest_wins(zoo):
    area = np.zeros((4, 6), bool)
    left, right = area.copy(), area.copy()
    left[:, :4], right[:, 2:5] = True, True
    scores = zoo.paint([zoo.Proposal(0, 0.9, left), zoo.Proposal(1, 0.6, right)], (2, 4, 6))
    body = FunctionBody(type("Fixed", (), {"predict_scores": lambda self, x: scores[None]})(), class_count=2)
    said = body(torch.zeros(1, 3, 4, 6)).argmax(dim=1)[0]
    assert said[0].tolist() == [0, 0, 0, 0, 1, 2]  # 2 is the channel that says nothing


def test_a_box_is_filled_with_the_object_in_it(zoo, photo):
    image, disc = photo
    found = zoo.fill_box(image, (46, 26, 114, 94))
    overlap = (found & disc).sum() / (found | disc).sum()
    assert overlap > 0.95
    np.testing.assert_array_equal(found, zoo.fill_box(image, (46, 26, 114, 94)))


@pytest.mark.parametrize("box", [(0, 0, 160, 120), (-5, -5, 500, 500), (10, 10, 11, 40), (20, 20, 60, 50)])
def test_a_box_without_contrast_or_surroundings_is_taken_whole(zoo, box):
    flat = np.full((3, 120, 160), 0.5, np.float32)
    found = zoo.fill_box(flat, box)
    left, top, right, below = (max(0, box[0]), max(0, box[1]), min(160, box[2]), min(120, box[3]))
    assert found[top:below, left:right].mean() > 0.1
    assert found.sum() <= (right - left) * (below - top)


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (200, 10, 230, 40), (-9, -9, -1, -1)])
def test_a_box_without_pixels_fills_nothing(zoo, box):
    assert not zoo.fill_box(np.zeros((3, 120, 160), np.float32), box).any()


def test_categories_are_grouped_as_the_file_says(zoo):
    categories = ["__background__", "person", "car", "bus"]
    assert zoo.label_groups({"vehicle": ["bus", "car"], "human": ["person"]}, categories) == [{2, 3}, {1}]
    with pytest.raises(ModelError, match="no category 'tram': it has"):
        zoo.label_groups({"vehicle": ["tram"]}, categories)


@pytest.mark.parametrize("card", [each for each in read_plugin(FOLDER).cards if each.is_function])
def test_groups_and_classes_of_a_card_are_the_same_and_known_to_coco(zoo, card: ModelCard):
    assert list(card.arguments["groups"]) == [each.name for each in card.own_classes]
    zoo.label_groups(card.arguments["groups"], zoo._categories(card.arguments["network"]))


@pytest.mark.parametrize("card", [each for each in read_plugin(FOLDER).cards if not each.is_function])
def test_published_weights_would_fit_a_network_as_a_whole(allow, card: ModelCard):
    allow("torchvision_zoo")
    with torch.device("meta"):
        net = default_registry().create_model(card.id, class_count=2)
        theirs = getattr(segmentation, card.arguments["network"])(weights_backbone=None, num_classes=21)
        fitting = fit(net, theirs.state_dict())
    assert fitting.is_whole
    assert fitting.class_count == 21


def test_missing_weights_say_what_to_copy_where(allow, home, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    allow("torchvision_zoo")
    name = "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth"
    with pytest.raises(ModelError, match=rf"copy them into .*segstudio.weights.downloads; .*/models/{name}"):
        default_registry().create_model("zoo-maskrcnn-resnet50", class_count=7)
    folder = home / "weights" / "downloads"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(b"torn on the way")
    with pytest.raises(ModelError, match="does not begin with bf2d0c1e, copy it again"):
        default_registry().create_model("zoo-maskrcnn-resnet50", class_count=7)


def test_a_detector_is_ready_once_its_weights_are_on_this_machine(home, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    card = default_registry().card("zoo-maskrcnn-resnet50")
    assert not card.is_trained
    with pytest.raises(ModelError, match=r"needs maskrcnn\S+, which is not on this machine: copy it into"):
        ModelWish(card.id).resolve()
    cache = tmp_path / "torch" / "hub" / "checkpoints"
    cache.mkdir(parents=True)
    (cache / card.arguments["file"]).touch()
    assert card.is_trained
    assert ModelWish(card.id).resolve().card == card


@pytest.mark.parametrize("card", [each for each in read_plugin(FOLDER).cards if each.is_function])
def test_a_detector_needs_the_file_its_builder_opens(card: ModelCard):
    assert card.needs == (card.arguments["file"],)
