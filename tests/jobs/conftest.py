"""A model that gives the right answer on the scenes of `known_scenes`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from known_scenes import CLASSES, class_map, paint, write_scene

from segstudio.models.input_spec import InputSpec
from segstudio.models.versions import ModelVersion, VersionStore


@pytest.fixture
def scene(tmp_path: Path) -> tuple[Path, np.ndarray]:
    """A georeferenced scene of 200 x 300 px and its true class ids."""
    ids = class_map(200, 300)
    return write_scene(tmp_path / "scene.tif", paint(ids)), ids


@pytest.fixture
def make_version(tmp_path: Path) -> Callable[..., ModelVersion]:
    """Makes a version that names each pixel by its brightest band."""

    def make(folder: Path | None = None, **changes: object) -> ModelVersion:
        import torch

        from segstudio.models.nets.net import NORMALISATIONS

        mean, std = (torch.tensor(values) for values in NORMALISATIONS["imagenet"])
        state = {
            "mean": mean.view(1, 3, 1, 1),
            "std": std.view(1, 3, 1, 1),
            "body.classifier.weight": torch.diag(20 * std).view(3, 3, 1, 1),
            "body.classifier.bias": 20 * mean,
        }
        given = {
            "card_id": "conv1x1",
            "parent": None,
            "state": state,
            "classes": CLASSES,
            "input": InputSpec.for_dtype("uint8"),
            "in_bands": 3,
        }
        return VersionStore(folder or tmp_path / "versions").add(**{**given, **changes})

    return make


@pytest.fixture
def version(make_version: Callable[..., ModelVersion]) -> ModelVersion:
    """Brick, grass and pond by the brightest band."""
    return make_version()
