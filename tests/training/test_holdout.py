import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.errors import CannotTrain
from segstudio.raster.window import Window
from segstudio.training.holdout import BlockGrid, choose_blocks, split
from segstudio.training.sequences import sequences
from segstudio.training.sources import Channels

CHANNELS = Channels([0, 1, 2])
PATCH = 32


def grid_of(counts: np.ndarray) -> BlockGrid:
    rows, cols, _ = counts.shape
    return BlockGrid(Window(0, 0, cols * PATCH, rows * PATCH), PATCH, counts)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(3, 14), st.integers(3, 14), st.floats(0.2, 1))
def test_blocks_of_hold_out_and_training_lie_a_patch_apart(
    seed: int, rows: int, cols: int, said: float
) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 900, (rows, cols, 3)) * (rng.random((rows, cols, 1)) < said)
    grid = grid_of(counts)
    held = choose_blocks(grid, 0.2, rng)
    taught = [
        w for w in grid.extent.blocks(PATCH) if not any(w.intersection(b.padded(PATCH)).area for b in held)
    ]
    for block in held:
        assert grid.said[block.row_off // PATCH, block.col_off // PATCH]
        for window in taught:
            gap = max(
                block.col_off - window.col_end,
                window.col_off - block.col_end,
                block.row_off - window.row_end,
                window.row_off - block.row_end,
            )
            assert gap >= PATCH


def test_what_is_near_the_hold_out_teaches_nothing(make_source) -> None:
    source = make_source()
    found = split([source], CHANNELS, patch_px=PATCH)
    allowed = found.teaches(0, Window(0, 0, 320, 320))
    assert allowed is not None
    for block in found.blocks[0]:
        near = block.padded(PATCH).intersection(Window(0, 0, 320, 320))
        assert not allowed[near.slices_in(Window(0, 0, 320, 320))].any()
    assert 0.35 < allowed.mean() < 0.9


def test_every_class_is_on_both_sides_and_about_a_fifth_judges(make_source) -> None:
    source = make_source(size=(640, 640))
    found = split([source], CHANNELS, patch_px=PATCH)
    judged = np.concatenate([source.annotation.read(block).ravel() for block in found.blocks[0]])
    allowed = found.teaches(0, Window(0, 0, 640, 640))
    assert allowed is not None
    taught = source.annotation.read(Window(0, 0, 640, 640))[allowed]
    assert set(judged) == set(taught) == {0, 1, 2}
    assert 0.1 < judged.size / 640**2 < 0.3


def test_the_same_seed_gives_the_same_split(make_source) -> None:
    source = make_source()
    one, two = (split([source], CHANNELS, patch_px=PATCH, seed=3) for _ in range(2))
    assert one == two


def test_each_of_several_scenes_gives_blocks_of_its_own(make_source) -> None:
    sources = [make_source(name=f"scene{n}", seed=n) for n in range(3)]
    assert all(split(sources, CHANNELS, patch_px=PATCH).blocks)


def test_photos_judge_as_whole_images_spread_over_the_folders(make_source) -> None:
    sources = [
        make_source(size=(96, 96), name=f"{folder}-{n}", seed=7 * n + at, photo=True, folder=folder)
        for at, folder in enumerate(["east", "west"])
        for n in range(5)
    ]
    found = split(sources, CHANNELS, patch_px=PATCH)
    held = [n for n, blocks in enumerate(found.blocks) if blocks]
    assert [found.blocks[n] for n in held] == [(Window(0, 0, 96, 96),)] * 2
    assert {n // 5 for n in held} == {0, 1}
    assert found.notes == ()


def test_photos_taken_within_a_minute_stay_together(make_source) -> None:
    times = [0, 20, 45, 4000, 4010, 9000]
    sources = [
        make_source(size=(64, 64), name=f"p{n}", seed=n, photo=True, taken_at=t) for n, t in enumerate(times)
    ]
    assert sequences(sources) == [[0, 1, 2], [3, 4], [5]]
    held = {n for n, blocks in enumerate(split(sources, CHANNELS, patch_px=PATCH).blocks) if blocks}
    assert held in [{0, 1, 2}, {3, 4}, {5}, {3, 4, 5}]


def test_photos_without_a_time_stay_together_if_they_are_numbered_and_alike(make_source) -> None:
    street = make_source(size=(96, 96), name="s0", seed=1).annotation.read(Window(0, 0, 96, 96))
    sources = [make_source(street, name=f"drive_{n:04d}", seed=n, photo=True) for n in range(3)]
    other = make_source(size=(96, 96), name="drive_0003", seed=99, photo=True)
    assert sequences([*sources, other]) == [[0, 1, 2], [3]]


def test_photos_of_one_sequence_alone_are_split_by_image_and_it_is_said(make_source) -> None:
    sources = [
        make_source(size=(64, 64), name=f"p{n}", seed=n, photo=True, taken_at=float(n)) for n in range(5)
    ]
    found = split(sources, CHANNELS, patch_px=PATCH)
    assert 1 <= sum(map(bool, found.blocks)) <= 2
    assert "one sequence" in found.notes[0]


def test_nothing_corrected_is_refused(make_source) -> None:
    source = make_source(where=np.zeros((320, 320), bool))
    with pytest.raises(CannotTrain, match="Nothing is corrected yet"):
        split([source], CHANNELS, patch_px=PATCH)


def test_one_class_alone_is_refused_by_name(make_source) -> None:
    source = make_source(np.full((320, 320), 1, np.uint8))
    with pytest.raises(CannotTrain, match="Only class 'road' is corrected"):
        split([source], CHANNELS, patch_px=PATCH, class_names=["land", "road", "water"])


def test_too_few_tiles_are_refused_with_what_to_do(make_source) -> None:
    corner = np.zeros((320, 320), bool)
    corner[:64, :64] = True
    with pytest.raises(CannotTrain, match=r"approve \d more tiles? at least \d+ px away"):
        split([make_source(where=corner)], CHANNELS, patch_px=64)


def test_a_single_photo_is_refused_or_cut_like_a_scene(make_source) -> None:
    assert any(split([make_source(photo=True)], CHANNELS, patch_px=PATCH).blocks)
    with pytest.raises(CannotTrain, match="correct another image"):
        split([make_source(size=(96, 96), photo=True)], CHANNELS, patch_px=64)
