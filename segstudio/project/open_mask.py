"""The mask of an image of a project: read when it is looked at, and never all in memory."""

import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.mask.plane import ChunkSource, Plane
from segstudio.project.chunks import AnnotationChunks, DepthChunks
from segstudio.project.database import Database
from segstudio.project.images import ImageEntry
from segstudio.project.predictions import PredictionStore

_LOADED_CHUNKS = 512
"""So many chunks of each class plane stay in memory: 128 MB, the whole of a scene of 11,000 x 11,000."""

_LOADED_DEPTH = 128
"""Depth is larger and looked at less."""


def open_mask(database: Database, predictions: PredictionStore, entry: ImageEntry) -> Mask:
    """All planes of one image over the two databases."""
    chunks = AnnotationChunks(database, entry.id)
    nan = float("nan")
    return Mask(
        entry.width,
        entry.height,
        annotation=_ids(entry, chunks.annotation, fill=UNLABELLED),
        origin=_ids(entry, chunks.origin, fill=Origin.NOBODY),
        prediction=_ids(entry, predictions.source(entry.id, "prediction"), fill=UNLABELLED),
        doubt=_ids(entry, predictions.source(entry.id, "doubt"), fill=0),
        depth=_depth(entry, predictions.source(entry.id, "depth"), np.dtype(np.float16), nan),
        depth_target=_depth(entry, DepthChunks(database, entry.id).depth, np.dtype(np.float32), nan),
    )


def _ids(entry: ImageEntry, source: ChunkSource, *, fill: int) -> Plane:
    return Plane(entry.width, entry.height, fill=fill, source=source, max_loaded=_LOADED_CHUNKS)


def _depth(entry: ImageEntry, source: ChunkSource, dtype: "np.dtype[np.floating]", fill: float) -> Plane:
    return Plane(entry.width, entry.height, dtype=dtype, fill=fill, source=source, max_loaded=_LOADED_DEPTH)
