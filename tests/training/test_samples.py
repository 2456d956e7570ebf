from itertools import islice

import numpy as np
import pytest
import torch

from segstudio.inference.preprocess import to_tensor
from segstudio.mask.plane import Plane
from segstudio.models.input_spec import InputSpec
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from segstudio.training.augment import Geometry, Tones
from segstudio.training.cells import Cells
from segstudio.training.holdout import Split, split
from segstudio.training.pixels import PixelStore
from segstudio.training.samples import PatchSampler, TrainBatch
from segstudio.training.settings import FineTuneSettings
from segstudio.training.sources import Channels, DepthScale, SampleSource
from segstudio.training.words import WordReader

CHANNELS = Channels([0, 1, 2])
SPEC = InputSpec.for_dtype("uint8")
SETTINGS = FineTuneSettings(patch_px=64, batch=4)


def sampler_of(
    source: SampleSource, parts: Split | None = None, *, replay: bool = False, settings=SETTINGS
) -> PatchSampler:
    parts = parts or Split(((),), 64)
    return PatchSampler([source], CHANNELS, parts, SPEC, settings, in_bands=3, aerial=True, replay=replay)


def some(sampler: PatchSampler, count: int = 6, **options: bool) -> list[TrainBatch]:
    batches = sampler.batches(seed=5, **options)
    found = list(islice(batches, count))
    batches.close()
    return found


def test_batches_have_the_promised_shapes_and_lie_channel_last(make_source) -> None:
    (batch,) = some(sampler_of(make_source()), 1)
    assert batch.pixels.shape == (4, 3, 64, 64)
    assert batch.pixels.is_contiguous(memory_format=torch.channels_last)
    assert batch.pixels.min() >= -0.25
    assert batch.pixels.max() <= 1.25
    assert batch.target.shape == (4, 64, 64)
    assert batch.target.dtype == torch.uint8
    assert batch.depth is batch.not_class is batch.free is None


def test_the_same_seed_draws_the_same_batches(make_source) -> None:
    sampler = sampler_of(make_source())
    for one, two in zip(some(sampler, 3), some(sampler, 3), strict=True):
        assert torch.equal(one.pixels, two.pixels)
        assert torch.equal(one.target, two.target)


def test_pixels_follow_their_labels_through_every_turn(make_source) -> None:
    """Each class has its own colour, so the colour tells the label whatever was turned or scaled."""
    source = make_source()
    means = {k: [] for k in range(3)}
    for batch in some(sampler_of(source), 12):
        for k in range(3):
            here = batch.target == k
            if here.any():
                means[k].append(batch.pixels.permute(0, 2, 3, 1)[here].mean(0).numpy())
    brightest = [np.mean(means[k], axis=0).argmax() for k in range(3)]
    assert brightest == [0, 1, 2]


def test_what_the_hold_out_keeps_is_never_taught(make_source) -> None:
    source = make_source()
    parts = split([source], CHANNELS, patch_px=64)
    secret = Plane(320, 320)
    secret.write(source.info.extent, np.zeros((320, 320), np.uint8))
    for block in parts.blocks[0]:
        secret.write_value(block.padded(64), 2)
    hidden = SampleSource(source.image_path, source.info, secret, name="hidden")
    taught = torch.cat([batch.target for batch in some(sampler_of(hidden, parts), 20)])
    assert set(taught.unique().tolist()) <= {0, 255}


def test_rare_classes_are_drawn_more_often_than_they_lie_there(make_source) -> None:
    ids = np.zeros((320, 320), np.uint8)
    ids[:, 160:] = 1
    ids[300:, 300:] = 2
    batches = some(sampler_of(make_source(ids), settings=FineTuneSettings(patch_px=32, batch=8)), 12)
    shares = np.mean([(batch.target == 2).float().mean().item() for batch in batches])
    assert shares > 4 * (ids == 2).mean()


def test_patches_lie_where_people_have_spoken(make_source) -> None:
    spoken = np.zeros((640, 640), bool)
    spoken[320:400, 500:600] = True
    batches = some(sampler_of(make_source(size=(640, 640), where=spoken)))
    assert all((sample != 255).any() for batch in batches for sample in batch.target)


def test_with_replay_some_patches_lie_elsewhere_and_free_pixels_are_told(make_source) -> None:
    spoken = np.zeros((640, 640), bool)
    spoken[:80, :80] = True
    batches = some(sampler_of(make_source(size=(640, 640), where=spoken), replay=True), 12)
    replayed = [batch for batch in batches if batch.free is not None]
    assert len(replayed) == 4
    empty = [(sample == 255).all().item() for batch in replayed for sample in batch.target]
    assert 0.2 < np.mean(empty) < 0.8
    assert all(torch.equal(batch.free, batch.target == 255) for batch in replayed)


def test_a_partial_word_reaches_the_batch_and_is_not_free(make_source) -> None:
    source = make_source(where=np.zeros((320, 320), bool))
    not_road = Plane(320, 320)
    not_road.write_value(Window(0, 0, 320, 320), 1)
    source = SampleSource(source.image_path, source.info, source.annotation, not_class=not_road)
    for batch in some(sampler_of(source, replay=True), 3):
        assert batch.not_class is not None
        assert set(batch.not_class.unique().tolist()) <= {1, 255}
        assert (batch.not_class == 1).any()
        assert batch.free is None or not (batch.free & (batch.not_class == 1)).any()


def test_depth_is_normalised_over_the_whole_image_and_unknown_stays_nan(make_source) -> None:
    depth = np.full((320, 320), np.nan, np.float32)
    depth[:, :160] = np.linspace(100, 200, 160)
    sampler = sampler_of(make_source(depth=depth))
    assert sampler.has_depth
    values = torch.cat([b.depth.flatten() for b in some(sampler, 8, depth_only=True) if b.depth is not None])
    known = values[~values.isnan()]
    assert values.isnan().any()
    assert known.abs().max() < 2
    assert abs(known.mean()) < 0.5


def test_depth_scale_makes_mean_zero_and_spread_one() -> None:
    plane = Plane(64, 64, dtype=np.float32, fill=float("nan"))
    values = np.random.default_rng(0).normal(50, 4, (64, 64)).astype(np.float32)
    plane.write(Window(0, 0, 64, 64), values)
    scaled = DepthScale.of(plane).apply(values)
    assert abs(scaled.mean()) < 0.3
    assert scaled.std() == pytest.approx(1, abs=0.2)


def test_cells_count_what_is_said(make_source) -> None:
    source = make_source(size=(200, 150))
    cells = Cells.of([source], WordReader([source], CHANNELS, Split(((),), 64)), 3)
    ids = source.annotation.read(Window(0, 0, 150, 200))
    assert cells.total.tolist() == [*np.bincount(ids.ravel(), minlength=3), 0, 0]


@pytest.mark.parametrize(
    "window", [Window(500, 490, 60, 70), Window(-20, -30, 90, 80), Window(0, 0, 700, 700)]
)
@pytest.mark.parametrize("memory_mb", [0, 64])
def test_a_crop_from_blocks_equals_a_read(make_source, window: Window, memory_mb: int) -> None:
    source = make_source(size=(600, 650))
    with PixelStore([source], SPEC, in_bands=3, memory_mb=memory_mb) as store:
        pixels, valid = store.crop(0, window)
        scene = store.scene(0)
    with open_raster(source.image_path) as raster:
        wanted, _ = scene.read(raster, window)
    np.testing.assert_array_equal(to_tensor(pixels, valid, scene.low, scene.high), wanted)


def test_geometry_moves_pixels_and_labels_alike() -> None:
    ids = np.arange(64, dtype=np.uint8).reshape(8, 8)
    pixels = ids[..., None].repeat(3, axis=2).astype(np.float32)
    for turns in range(4):
        for mirror in (False, True):
            geometry = Geometry(1.0, turns, mirror)
            moved = geometry.place(pixels, 8, interpolation=1)
            np.testing.assert_array_equal(moved[..., 0], geometry.place(ids, 8, interpolation=0))


def test_photos_are_mirrored_but_never_turned() -> None:
    rng = np.random.default_rng(0)
    drawn = [Geometry.draw(rng, aerial=False, jitter=2.0) for _ in range(50)]
    assert {g.quarter_turns for g in drawn} == {0}
    assert {g.mirror for g in drawn} == {False, True}
    assert all(0.5 <= g.scale <= 2 for g in drawn)


@pytest.mark.parametrize("bands", [1, 3, 6])
def test_tones_keep_shape_and_range_for_any_number_of_bands(bands: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        pixels = rng.random((16, 16, bands), dtype=np.float32)
        changed = Tones().apply(pixels, rng)
        assert changed.shape == (16, 16, bands)
        assert -0.25 <= changed.min() <= changed.max() <= 1.25
