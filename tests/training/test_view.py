import numpy as np

from segstudio.training.sources import Channels
from segstudio.training.view import is_aerial, leaning

CHANNELS = Channels([0, 1, 2])


def test_sky_above_and_road_below_means_up_is_up(make_source) -> None:
    ids = np.repeat(np.array([0, 1, 2, 2], np.uint8), 24)[:, None].repeat(96, axis=1)
    assert not is_aerial([make_source(ids, photo=True)], CHANNELS)


def test_photos_whose_classes_lie_anywhere_may_be_turned(make_source) -> None:
    sources = [make_source(size=(256, 256), name=f"p{n}", seed=n, photo=True) for n in range(3)]
    assert leaning(sources, CHANNELS) < 0.2
    assert is_aerial(sources, CHANNELS)


def test_georeferenced_scenes_are_seen_from_above_whatever_their_classes(make_source) -> None:
    ids = np.repeat(np.array([0, 1, 2, 2], np.uint8), 24)[:, None].repeat(96, axis=1)
    assert is_aerial([make_source(ids)], CHANNELS)
