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


def test_iiou_is_the_mean_iou_where_no_class_is_background() -> None:
    one = Confusion(3)
    one.add(np.array([[0, 1, 2, 2]], np.uint8), np.array([[1, 1, 2, 2]], np.uint8))
    assert one.to_dict(["Background", "a", "b"])["iiou"] == pytest.approx(0.75)
    assert one.to_dict(["building", "a", "b"])["iiou"] == pytest.approx(0.5)


SMALL_IMAGES = st.lists(
    st.tuples(
        st.lists(st.sampled_from([0, 1, 2, 255]), min_size=4, max_size=4),
        st.lists(st.sampled_from([0, 1, 2, 255]), min_size=4, max_size=4),
    ),
    max_size=4,
)


def naive_mean_iou(truth: np.ndarray, found: np.ndarray, classes: range) -> float:
    """Equation 3 of the MFF paper, set by set; a class without a true pixel is left out."""
    said = truth != 255
    ious = []
    for k in classes:
        a, b = said & (truth == k), said & (found == k)
        if a.any():
            ious.append((a & b).sum() / (a | b).sum())
    return float(np.mean(ious)) if ious else math.nan


@given(SMALL_IMAGES)
def test_all_three_means_equal_a_naive_count_with_absent_predicted_only_and_empty_images(images) -> None:
    judgement = Judgement(("background", "a", "b"))
    planes = [(np.array([t], np.uint8), np.array([f], np.uint8)) for t, f in images]
    for number, (truth, found) in enumerate(planes):
        judgement.add(str(number), truth, found)
    whole = np.array([t for t, _ in images], np.uint8), np.array([f for _, f in images], np.uint8)
    figures = judgement.to_dict()
    per_image = [naive_mean_iou(*each, range(3)) for each in planes]
    known = [each for each in per_image if not math.isnan(each)]
    same(figures["mean_iou"], naive_mean_iou(*whole, range(3)))
    same(figures["iiou"], naive_mean_iou(*whole, range(1, 3)))
    same(figures["mean_iou_per_image"], np.mean(known) if known else math.nan)


def same(said: float | None, wanted: float) -> None:
    assert said is None if math.isnan(wanted) else said == pytest.approx(wanted, abs=1e-6)


@given(st.integers(0, 10_000))
def test_the_loss_is_the_mean_cross_entropy_of_the_pixels_that_count(seed: int) -> None:
    truth, found = planes(seed, 3)
    found[0, 0] = 255
    scores = np.random.default_rng(seed).dirichlet(np.ones(3), truth.shape).astype(np.float32)
    judgement = Judgement(("a", "b", "c"))
    judgement.add("one", truth, found, scores.transpose(2, 0, 1))
    costs = [
        -math.log(max(scores[at][truth[at]], 1e-7))
        for at in np.ndindex(truth.shape)
        if truth[at] != 255 and found[at] != 255
    ]
    assert judgement.to_dict()["loss"] == pytest.approx(np.mean(costs), abs=1e-5)


def test_without_scores_there_is_no_loss_and_a_sure_mistake_costs_no_infinity() -> None:
    judgement = Judgement(("a", "b"))
    judgement.add("one", np.array([[0]], np.uint8), np.array([[1]], np.uint8))
    assert "loss" not in judgement.to_dict()
    scores = np.array([[[0.0]], [[1.0]]], np.float32)
    judgement.add("one", np.array([[0]], np.uint8), np.array([[1]], np.uint8), scores)
    assert judgement.to_dict()["loss"] == pytest.approx(-math.log(1e-7), abs=1e-5)


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
