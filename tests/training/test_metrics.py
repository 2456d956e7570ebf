import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.training.metrics import Confusion, DepthAgreement, Judgement, mean_iou_per_image, pool


def planes(seed: int, class_count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.choice([*range(class_count), 255], (9, 11)).astype(np.uint8)
    return truth, rng.integers(0, class_count, (9, 11)).astype(np.uint8)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_figures_equal_a_naive_count(seed: int, class_count: int) -> None:
    truth, found = planes(seed, class_count)
    one = Confusion(class_count)
    one.add(truth, found)
    counted = truth != 255
    assert one.accuracy == pytest.approx((truth == found)[counted].mean())
    ious, f1s = [], []
    for k in range(class_count):
        a, b = (truth == k) & counted, (found == k) & counted
        if a.any():
            ious.append((a & b).sum() / (a | b).sum())
            f1s.append(2 * (a & b).sum() / (a.sum() + b.sum()))
            assert one.iou[k] == pytest.approx(ious[-1])
        else:
            assert math.isnan(one.iou[k])
    assert one.mean_iou == pytest.approx(np.mean(ious))
    assert one.dice == pytest.approx(np.mean(f1s))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_counting_in_pieces_equals_counting_at_once(seed: int) -> None:
    truth, found = planes(seed, 4)
    whole, pieces = Confusion(4), Confusion(4)
    whole.add(truth, found)
    for rows in np.array_split(np.arange(9), 3):
        pieces.add(truth[rows], found[rows])
    np.testing.assert_array_equal(whole.counts, pieces.counts)
    np.testing.assert_array_equal(pool([pieces, pieces], 4).counts, 2 * whole.counts)


def test_unlabelled_never_counts_and_no_answer_counts_as_wrong() -> None:
    one = Confusion(2)
    one.add(np.array([[255, 0, 1]], np.uint8), np.array([[0, 0, 255]], np.uint8))
    assert one.pixels == 2
    assert one.accuracy == 0.5
    assert one.iou.tolist() == [1.0, 0.0]


def test_a_class_the_truth_lacks_is_left_out_of_the_mean() -> None:
    one = Confusion(3)
    one.add(np.array([[0, 0, 1, 1]], np.uint8), np.array([[0, 2, 1, 1]], np.uint8))
    assert one.mean_iou == pytest.approx((0.5 + 1) / 2)
    assert one.to_dict(["a", "b", "c"])["per_class"][2] == {"name": "c", "iou": None, "f1": None, "pixels": 0}


def test_iiou_leaves_the_background_out() -> None:
    one = Confusion(3)
    one.add(np.array([[0, 1, 2, 2]], np.uint8), np.array([[1, 1, 2, 2]], np.uint8))
    assert one.iiou == pytest.approx((0.5 + 1) / 2)


def test_mean_per_image_differs_from_pooled() -> None:
    judgement = Judgement(("a", "b"))
    judgement.add("one", np.array([[0, 0, 0, 1]], np.uint8), np.array([[0, 0, 0, 1]], np.uint8))
    judgement.add("two", np.array([[0, 1]], np.uint8), np.array([[1, 0]], np.uint8))
    assert judgement.mean_iou_per_image == pytest.approx(0.5)
    assert judgement.pooled.mean_iou == pytest.approx((3 / 5 + 1 / 3) / 2)
    figures = judgement.to_dict()
    assert figures["per_scene"]["one"]["mean_iou"] == 1.0
    assert figures["per_scene"]["two"]["iou"] == {"a": 0.0, "b": 0.0}


def test_depth_agreement_knows_neither_scale_nor_shift() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((8, 8)).astype(np.float32)
    predicted = 3 * truth - 7
    predicted[0, 0] = np.nan
    judgement = Judgement(("a", "b"))
    judgement.add_depth("one", truth[:4], predicted[:4])
    judgement.add_depth("one", truth[4:], predicted[4:])
    judgement.add_depth("two", truth, -truth)
    assert judgement.depths["one"].correlation == pytest.approx(1, abs=1e-5)
    assert judgement.depth_correlation == pytest.approx(0, abs=1e-5)
    assert math.isnan(DepthAgreement().correlation)


def test_nothing_counted_is_no_figure_rather_than_zero() -> None:
    assert math.isnan(mean_iou_per_image([]))
    assert Confusion(2).to_dict()["accuracy"] is None
