"""How good a mask is: one confusion matrix pooled over all counted pixels (numpy only)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNLABELLED = 255

BACKGROUND_NAMES = frozenset({"background", "배경"})
"""What a class 0 is called that is no object: `iiou` leaves it out."""

_LEAST_SCORE = 1e-7  # a pixel the model is wrong and sure about costs 16, not infinity


class Confusion:
    """Pixels by (truth, prediction); pixels whose truth is unlabelled never count.

    A prediction of 255 (nodata) on a labelled pixel counts as wrong: it has a column of its own.
    """

    def __init__(self, class_count: int, counts: NDArray[np.int64] | None = None) -> None:
        self.class_count = class_count
        # (K, K + 1): the last column is "no answer"
        self.counts = np.zeros((class_count, class_count + 1), np.int64) if counts is None else counts

    def add(self, truth: NDArray[np.uint8], predicted: NDArray[np.uint8]) -> None:
        """Count two planes of channel ids, both of one shape; truth outside 0..K-1 is passed over."""
        counted = truth < self.class_count
        rows = truth[counted].astype(np.int64)
        cols = np.minimum(predicted[counted], self.class_count).astype(np.int64)
        flat = np.bincount(rows * (self.class_count + 1) + cols, minlength=self.counts.size)
        self.counts += flat.reshape(self.counts.shape)

    def __add__(self, other: "Confusion") -> "Confusion":
        return Confusion(self.class_count, self.counts + other.counts)

    @property
    def pixels(self) -> int:
        """Counted pixels."""
        return int(self.counts.sum())

    @property
    def truth_pixels(self) -> NDArray[np.int64]:
        """Counted pixels of each class, (K,)."""
        totals: NDArray[np.int64] = self.counts.sum(axis=1)
        return totals

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which classes the truth holds, (K,); the others are left out of every mean."""
        return self.truth_pixels > 0

    @property
    def accuracy(self) -> float:
        """Share of the counted pixels that are right; NaN where none was counted."""
        return float(_ratio(np.trace(self.counts), self.pixels))

    @property
    def iou(self) -> NDArray[np.float64]:
        """Intersection over union of each class, (K,); NaN where the truth lacks the class."""
        return self._per_class(self._hits, self._union)

    @property
    def f1(self) -> NDArray[np.float64]:
        """2 |A n B| / (|A| + |B|) of each class, (K,): the Dice coefficient, class by class."""
        return self._per_class(2 * self._hits, self._union + self._hits)

    @property
    def mean_iou(self) -> float:
        """Mean over the classes the truth holds."""
        return _mean(self.iou)

    @property
    def dice(self) -> float:
        """Macro Dice: mean F1 over the classes the truth holds."""
        return _mean(self.f1)

    @property
    def iiou(self) -> float:
        """Mean IoU without class 0, for class lists whose class 0 is background (the depth paper's iIoU)."""
        return _mean(self.iou[1:])

    def to_dict(self, names: Sequence[str] | None = None) -> dict[str, Any]:
        """Plain numbers for JSON; a class the truth lacks has None.

        `iiou` leaves class 0 out where its name says that it is background, else it is the mean IoU: there
        every class is one of objects.
        """
        names = names or [str(k) for k in range(self.class_count)]
        has_background = bool(names) and names[0].strip().casefold() in BACKGROUND_NAMES
        iou, f1, pixels = self.iou, self.f1, self.truth_pixels
        rows = [
            {"name": name, "iou": _plain(iou[k]), "f1": _plain(f1[k]), "pixels": int(pixels[k])}
            for k, name in enumerate(names)
        ]
        return {
            "accuracy": _plain(self.accuracy),
            "mean_iou": _plain(self.mean_iou),
            "dice": _plain(self.dice),
            "iiou": _plain(self.iiou if has_background else self.mean_iou),
            "pixels": self.pixels,
            "per_class": rows,
            "confusion": self.counts[:, : self.class_count].tolist(),
        }

    @property
    def _hits(self) -> NDArray[np.int64]:
        return np.diagonal(self.counts)

    @property
    def _union(self) -> NDArray[np.int64]:
        predicted = self.counts[:, : self.class_count].sum(axis=0)
        union: NDArray[np.int64] = self.truth_pixels + predicted - self._hits
        return union

    def _per_class(self, over: NDArray[np.int64], under: NDArray[np.int64]) -> NDArray[np.float64]:
        values = _ratio(over.astype(np.float64), under.astype(np.float64))
        return np.where(self.present, values, np.nan)


class CrossEntropy:
    """Mean of -log(score of the true class) over the counted pixels that the model answered."""

    def __init__(self) -> None:
        self._sum, self.pixels = 0.0, 0

    def add(self, truth: NDArray[np.uint8], scores: NDArray[np.float32], answered: NDArray[np.bool_]) -> None:
        """Count truth (h, w) against scores (K, h, w) that sum to 1; truth outside 0..K-1 is passed over."""
        counted = answered & (truth < len(scores))
        rows, cols = np.nonzero(counted)
        said = scores[truth[counted], rows, cols].astype(np.float64)
        self._sum -= float(np.log(np.maximum(said, _LEAST_SCORE)).sum())
        self.pixels += said.size

    @property
    def mean(self) -> float:
        """The loss per pixel; NaN where nothing was counted."""
        return self._sum / self.pixels if self.pixels else float("nan")


class DepthAgreement:
    """Correlation of predicted and given depth: depth is relative, so neither scale nor shift counts."""

    def __init__(self) -> None:
        self._sums = np.zeros(6)

    def add(self, truth: NDArray[Any], predicted: NDArray[Any]) -> None:
        """Count two planes of depth; pixels that are not finite in both are passed over."""
        known = np.isfinite(truth) & np.isfinite(predicted)
        x, y = truth[known].astype(np.float64), predicted[known].astype(np.float64)
        self._sums += [x.size, x.sum(), y.sum(), (x * x).sum(), (y * y).sum(), (x * y).sum()]

    @property
    def correlation(self) -> float:
        """Pearson's, -1..1; NaN where nothing was counted or one of the two is flat."""
        n, x, y, xx, yy, xy = self._sums
        spread = (n * xx - x * x) * (n * yy - y * y)
        return float((n * xy - x * y) / np.sqrt(spread)) if spread > 0 else float("nan")


@dataclass
class Judgement:
    """Figures over several images: pooled, and each image (or scene) by itself."""

    class_names: tuple[str, ...]
    scenes: dict[str, Confusion] = field(default_factory=dict)
    depths: dict[str, DepthAgreement] = field(default_factory=dict)
    entropy: CrossEntropy = field(default_factory=CrossEntropy)

    def add(
        self,
        scene: str,
        truth: NDArray[np.uint8],
        predicted: NDArray[np.uint8],
        scores: NDArray[np.float32] | None = None,
    ) -> None:
        """Count two planes of channel ids for one scene; with scores (K, h, w) the loss too."""
        confusion = self.scenes.setdefault(scene, Confusion(len(self.class_names)))
        confusion.add(truth, predicted)
        if scores is not None:
            self.entropy.add(truth, scores[: len(self.class_names)], predicted != UNLABELLED)

    def add_depth(self, scene: str, truth: NDArray[Any], predicted: NDArray[Any]) -> None:
        """Count two planes of depth for one scene."""
        self.depths.setdefault(scene, DepthAgreement()).add(truth, predicted)

    @property
    def depth_correlation(self) -> float:
        """Mean over the scenes whose depth is given: each scene's depth has a scale of its own."""
        return _mean(np.array([depth.correlation for depth in self.depths.values()]))

    @property
    def pooled(self) -> Confusion:
        """One matrix over all scenes."""
        return pool(self.scenes.values(), len(self.class_names))

    @property
    def mean_iou_per_image(self) -> float:
        """Each image's own mean IoU, averaged (the MFF paper's figure)."""
        return mean_iou_per_image(self.scenes.values())

    def to_dict(self) -> dict[str, Any]:
        """The pooled figures, the mean per image, and one entry per scene."""
        figures = self.pooled.to_dict(self.class_names)
        figures["mean_iou_per_image"] = _plain(self.mean_iou_per_image)
        if self.entropy.pixels:
            figures["loss"] = _plain(self.entropy.mean)
        if self.depths:
            figures["depth_correlation"] = _plain(self.depth_correlation)
        figures["per_scene"] = {
            name: {"accuracy": _plain(one.accuracy), "mean_iou": _plain(one.mean_iou), "pixels": one.pixels}
            | {"iou": {cls: _plain(value) for cls, value in zip(self.class_names, one.iou, strict=True)}}
            for name, one in self.scenes.items()
        }
        return figures


def pool(confusions: Iterable[Confusion], class_count: int) -> Confusion:
    """One matrix out of many."""
    return sum(confusions, Confusion(class_count))


def mean_iou_per_image(confusions: Iterable[Confusion]) -> float:
    """Mean of each image's own mean IoU; images without a counted pixel are left out."""
    return _mean(np.array([one.mean_iou for one in confusions if one.pixels]))


def _ratio(over: Any, under: Any) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.true_divide(over, under)


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
