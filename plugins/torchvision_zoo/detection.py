"""Two-stage detection (Faster and Mask R-CNN) that proposes objects as masks, for a person to accept.

Where no object was found nothing is said: those pixels stay unlabelled, and accepting a prediction never
claims that they are background.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.models import detection, get_model_weights

from segstudio.errors import ModelError
from segstudio.models.caches import Caches
from segstudio.models.foreign_weights import read_foreign
from segstudio.models.weights_home import WeightsHome

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

_MASK_AT_LEAST = 0.5  # torchvision's own threshold for the soft masks of Mask R-CNN
_ADDRESS = "https://download.pytorch.org/models"
_CUT_PX = 256  # GrabCut sees a box at most this large: it takes seconds on more
_CUT_ROUNDS = 4
_CUT_MARGIN = 0.15  # share of a box that is seen around it as certain background
_LEAST_CUT = 0.1  # a cut that keeps less of its box has failed


@dataclass(frozen=True, slots=True)
class Proposal:
    """One object: which class, how sure (0..1), and its pixels (H, W)."""

    class_index: int
    score: float
    pixels: Bools


class ObjectFinder:
    """Keeps a detection network and which of its labels belong to which class."""

    def __init__(self, net: nn.Module, classes: Sequence[frozenset[int]], *, min_score: float) -> None:
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._net = net.eval().to(self._device)
        self._classes = classes
        self._min_score = min_score

    def predict_scores(self, pixels: Floats) -> Floats:
        """(N, 3, H, W) in 0..1 -> (N, K, H, W); 0 everywhere where no object was found."""
        return np.stack([self._scores(image) for image in pixels])

    @torch.inference_mode()
    def _scores(self, image: Floats) -> Floats:
        values = image.clip(0, 1)
        found = self._net([torch.from_numpy(np.ascontiguousarray(values)).to(self._device)])[0]
        found = {name: value.cpu().numpy() for name, value in found.items()}
        shape = (len(self._classes), *image.shape[1:])
        return paint(self._proposals(found, values), shape)

    def _proposals(self, found: Mapping[str, NDArray[Any]], image: Floats) -> list[Proposal]:
        proposals = []
        for number, (label, score) in enumerate(zip(found["labels"], found["scores"], strict=True)):
            index = next((k for k, labels in enumerate(self._classes) if int(label) in labels), None)
            if index is None or score < self._min_score:
                continue
            if "masks" in found:
                area = found["masks"][number, 0] >= _MASK_AT_LEAST
            else:
                area = fill_box(image, found["boxes"][number])
            proposals.append(Proposal(index, float(score), area))
        return proposals


def paint(proposals: Sequence[Proposal], shape: tuple[int, ...]) -> Floats:
    """Scores (K, H, W): where objects overlap the one with the highest score has the pixel."""
    scores = np.zeros(shape, np.float32)
    for each in sorted(proposals, key=lambda proposal: proposal.score):
        scores[:, each.pixels] = 0.0
        # above one half, so that an object that was found is said; the rest is doubt
        scores[each.class_index, each.pixels] = 0.5 + 0.5 * each.score
    return scores


def fill_box(image: Floats, box: Sequence[float]) -> Bools:
    """What GrabCut takes for the object inside a box (x0, y0, x1, y1); the whole box where it finds none."""
    _, height, width = image.shape
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right, below = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    pixels = np.zeros((height, width), np.bool_)
    if right <= left or below <= top:
        return pixels
    pixels[top:below, left:right] = _cut(image, left, top, right, below)
    return pixels


def _cut(image: Floats, left: int, top: int, right: int, below: int) -> Bools:
    """The object (h, w) inside a box that has pixels."""
    margin = max(2, round(_CUT_MARGIN * max(right - left, below - top)))
    x0, y0 = max(0, left - margin), max(0, top - margin)
    seen = image[:, y0 : below + margin, x0 : right + margin].transpose(1, 2, 0)
    marks = np.full(seen.shape[:2], cv2.GC_BGD, np.uint8)
    marks[top - y0 : below - y0, left - x0 : right - x0] = cv2.GC_PR_FGD
    whole = np.ones((below - top, right - left), np.bool_)
    if marks.all() or min(whole.shape) < 3:  # no background in sight, or nothing to cut
        return whole
    kept = _grab_cut((seen * 255).astype(np.uint8), marks)[top - y0 : below - y0, left - x0 : right - x0]
    return kept if kept.mean() >= _LEAST_CUT else whole


def _grab_cut(colours: NDArray[np.uint8], marks: NDArray[np.uint8]) -> Bools:
    scale = min(1.0, _CUT_PX / max(marks.shape))
    size = (max(1, round(marks.shape[1] * scale)), max(1, round(marks.shape[0] * scale)))
    small = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    found = cv2.resize(marks, size, interpolation=cv2.INTER_NEAREST)
    if found.all() or not found.any():
        return marks.astype(np.bool_)
    cv2.setRNGSeed(0)  # its clusters start at random: the same image shall give the same mask
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(small), found, None, *models, _CUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    kept = np.isin(found, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    back = cv2.resize(kept, marks.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return back.astype(np.bool_)


def build(
    *, class_count: int, network: str, file: str, groups: Mapping[str, Sequence[str]], min_score: float = 0.5
) -> ObjectFinder:
    """The builder that plugin.toml names; `groups` says which COCO categories each class is made of."""
    if len(groups) != class_count:
        raise ModelError(f"groups are {len(groups)} classes, [[model.class]] names {class_count}")
    categories = _categories(network)
    classes = label_groups(groups, categories)
    path = _file(file)
    net = getattr(detection, network)(weights=None, weights_backbone=None, num_classes=len(categories))
    try:
        net.load_state_dict(read_foreign(path).tensors)
    except RuntimeError as error:  # torch's word for names or shapes that are not the network's
        raise ModelError(f"{path} holds the weights of another network than {network}") from error
    return ObjectFinder(net, classes, min_score=min_score)


def label_groups(groups: Mapping[str, Sequence[str]], categories: Sequence[str]) -> list[frozenset[int]]:
    """The network's labels of each class."""
    unknown = sorted({name for names in groups.values() for name in names} - set(categories))
    if unknown:
        raise ModelError(f"COCO has no category {unknown[0]!r}: it has {', '.join(sorted(set(categories)))}")
    return [frozenset(categories.index(name) for name in names) for names in groups.values()]


def _categories(network: str) -> list[str]:
    """What the labels of a published network mean, in their order."""
    try:
        return list(get_model_weights(network)["COCO_V1"].meta["categories"])
    except (ValueError, KeyError) as error:
        raise ModelError(f"torchvision publishes no detection network {network!r} for COCO") from error


def _file(name: str) -> Path:
    """The weights where a person or torch has put them."""
    home = WeightsHome.of_this_person().downloads
    for folder in (home, Caches.of_this_person().torch):
        if (folder / name).is_file():
            return _checked(folder / name)
    raise ModelError(
        f"the weights {name} are not on this machine: copy them into {home}; they are at {_ADDRESS}/{name}"
    )


def _checked(path: Path) -> Path:
    """Torch names published files after the first digits of their checksum."""
    digits = path.stem.rsplit("-", 1)[-1]
    with path.open("rb") as file:
        if not hashlib.file_digest(file, "sha256").hexdigest().startswith(digits):
            raise ModelError(f"{path} is damaged: its checksum does not begin with {digits}, copy it again")
    return path
