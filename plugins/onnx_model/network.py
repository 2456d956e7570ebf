"""An ONNX segmentation network as a score function."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.errors import ModelError

Floats = NDArray[np.float32]
Layout = Literal["NCHW", "NHWC"]
Scores = Literal["logits", "probabilities", "classes"]

_FOLDER = Path(__file__).parent
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What `plugin.toml` says about a network."""

    file: str
    layout: Layout = "NCHW"
    scale: float = 1.0
    mean: Sequence[float] = field(default=(0.0,))
    std: Sequence[float] = field(default=(1.0,))
    multiple: int = 32
    scores: Scores = "logits"
    output: str | None = None

    def __post_init__(self) -> None:
        if self.layout not in ("NCHW", "NHWC"):
            raise ModelError(f"layout is 'NCHW' or 'NHWC', not {self.layout!r}")
        if self.scores not in ("logits", "probabilities", "classes"):
            raise ModelError(f"scores are 'logits', 'probabilities' or 'classes', not {self.scores!r}")
        if self.multiple < 1 or not all(self.std):
            raise ModelError("multiple is at least 1, and no std is 0")


class OnnxNetwork:
    """Keeps a session; cuts and pads images to the sides the file asks for, and brings scores back."""

    def __init__(self, wishes: Wishes, class_count: int) -> None:
        self._wishes, self._class_count = wishes, class_count
        self._session = _open(_FOLDER / wishes.file)
        self._input = self._only_input()
        self._type = _TYPES.get(self._input.type)
        if self._type is None:
            raise ModelError(f"{wishes.file} wants {self._input.type}, not float32, float16 or uint8")
        self._output = self._chosen_output()
        self._batch, self._bands, *self._sides = self._as_nchw(self._input.shape)
        self._check_output()

    def predict_scores(self, pixels: Floats) -> Floats:
        """(N, B, H, W) -> (N, K, H, W)."""
        if isinstance(self._bands, int) and self._bands != pixels.shape[1]:
            raise ModelError(
                f"{self._wishes.file} wants {self._bands} bands, [model.input] gives {pixels.shape[1]}"
            )
        shape = (len(pixels), self._class_count, *pixels.shape[2:])
        scores = np.zeros(shape, np.float32)
        for rows, cols in self._tiles(*pixels.shape[2:]):
            part = pixels[:, :, rows, cols]
            for at in range(0, len(pixels), self._batch if isinstance(self._batch, int) else len(pixels)):
                some = slice(at, at + self._batch if isinstance(self._batch, int) else None)
                scores[some, :, rows, cols] = self._ask(part[some])
        return scores

    def _ask(self, pixels: Floats) -> Floats:
        height, width = pixels.shape[2:]
        below, right = self._padding(height, width)
        padded = np.pad(
            pixels, ((0, self._missing(len(pixels))), (0, 0), (0, below), (0, right)), mode="edge"
        )
        answer = self._session.run([self._output.name], {self._input.name: self._prepared(padded)})[0]
        scores = self._scores(np.asarray(answer), padded.shape[2:])
        return scores[: len(pixels), :, :height, :width]

    def _prepared(self, pixels: Floats) -> NDArray[Any]:
        mean = np.asarray(self._wishes.mean, np.float32).reshape(1, -1, 1, 1)
        std = np.asarray(self._wishes.std, np.float32).reshape(1, -1, 1, 1)
        values = (pixels * np.float32(self._wishes.scale) - mean) / std
        if self._type is np.uint8:
            values = values.round().clip(0, 255)
        laid = values.transpose(0, 2, 3, 1) if self._wishes.layout == "NHWC" else values
        return np.ascontiguousarray(laid.astype(self._type))

    def _scores(self, answer: NDArray[Any], size: tuple[int, ...]) -> Floats:
        """Shares of each class (N, K, H, W) from whatever the network gives."""
        if self._wishes.scores == "classes":
            ids = answer.reshape(len(answer), *[side for side in answer.shape[1:] if side != 1] or size)
            one_hot = np.stack([ids == k for k in range(self._class_count)], axis=1)
            return _enlarged(one_hot.astype(np.float32), size, cv2.INTER_NEAREST)
        values = np.asarray(answer, np.float32)
        if values.ndim != 4:
            raise ModelError(f"{self._wishes.file} gives {values.shape}, not images of scores")
        if self._wishes.layout == "NHWC":
            values = values.transpose(0, 3, 1, 2)
        if values.shape[1] == 1 and self._class_count == 2:
            return self._of_one(_enlarged(values, size, cv2.INTER_LINEAR))
        if values.shape[1] != self._class_count:
            raise ModelError(
                f"{self._wishes.file} gives {values.shape[1]} classes, plugin.toml names {self._class_count}"
            )
        values = _enlarged(values, size, cv2.INTER_LINEAR)
        if self._wishes.scores == "probabilities":
            return values.clip(0, 1)
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def _of_one(self, values: Floats) -> Floats:
        """One channel tells two classes apart: it is the first one's."""
        share = values if self._wishes.scores == "probabilities" else 1 / (1 + np.exp(-values))
        return np.concatenate([share, 1 - share], axis=1).clip(0, 1)

    def _tiles(self, height: int, width: int) -> Iterator[tuple[slice, slice]]:
        """The image in pieces of the file's own sides, the last ones moved back to fit; whole where open."""
        for rows in _pieces(height, self._sides[0]):
            for cols in _pieces(width, self._sides[1]):
                yield rows, cols

    def _padding(self, height: int, width: int) -> tuple[int, int]:
        missing = []
        for have, side in ((height, self._sides[0]), (width, self._sides[1])):
            missing.append(side - have if isinstance(side, int) else -have % self._wishes.multiple)
        return missing[0], missing[1]

    def _missing(self, count: int) -> int:
        return self._batch - count if isinstance(self._batch, int) else 0

    def _only_input(self) -> Any:
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            told = ", ".join(f"{each.name} {each.shape}" for each in inputs)
            raise ModelError(f"{self._wishes.file} does not take one batch of images: its inputs are {told}")
        return inputs[0]

    def _chosen_output(self) -> Any:
        outputs = {each.name: each for each in self._session.get_outputs()}
        name = self._wishes.output or next(iter(outputs))
        if name not in outputs:
            raise ModelError(f"{self._wishes.file} has no output '{name}': it has {', '.join(outputs)}")
        return outputs[name]

    def _check_output(self) -> None:
        """Say early what does not fit; what the file leaves open is checked when it answers."""
        shape = self._output.shape
        if self._wishes.scores == "classes" or len(shape or ()) != 4:
            return
        channels = self._as_nchw(shape)[1]
        if (
            isinstance(channels, int)
            and channels != self._class_count
            and (channels, self._class_count) != (1, 2)
        ):
            raise ModelError(
                f"{self._wishes.file} gives {channels} classes (output '{self._output.name}' {shape}, "
                f"{self._wishes.layout}), plugin.toml names {self._class_count}"
            )

    def _as_nchw(self, shape: Sequence[Any]) -> list[Any]:
        order = (0, 1, 2, 3) if self._wishes.layout == "NCHW" else (0, 3, 1, 2)
        return [shape[place] for place in order]


def build(*, class_count: int, **wishes: Any) -> OnnxNetwork:
    """The builder that plugin.toml names; every entry of [model.arguments] is a field of `Wishes`."""
    return OnnxNetwork(Wishes(**wishes), class_count)


def _open(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError('onnxruntime is not installed: pip install "segstudio[onnx]"') from error
    if not path.resolve().is_relative_to(_FOLDER.resolve()) or not path.is_file():
        raise ModelError(f"there is no {path.name} in {_FOLDER}: copy the network there")
    try:
        return onnxruntime.InferenceSession(str(path), providers=onnxruntime.get_available_providers())
    except Exception as error:  # onnxruntime's own errors share no base class
        lines = str(error).splitlines() or [type(error).__name__]
        raise ModelError(f"{path.name} is no ONNX network that can be opened: {lines[0]}") from error


def _pieces(length: int, side: Any) -> Iterator[slice]:
    if not isinstance(side, int) or length <= side:
        yield slice(0, length)
        return
    for at in range(0, length, side):
        begin = min(at, length - side)
        yield slice(begin, begin + side)


def _enlarged(values: Floats, size: tuple[int, ...], how: int) -> Floats:
    """(N, K, h, w) at the size of the image."""
    if values.shape[2:] == tuple(size):
        return values
    planes = [[cv2.resize(plane, size[::-1], interpolation=how) for plane in image] for image in values]
    return np.asarray(planes, np.float32)
