"""Predicts, paints and fine-tunes without end, all of it for real; made to be killed.

One byte for everything that is done: "s" a stroke, "v" a version in use, "f" a prediction on the disk. The
strokes of a seed are always the same, so that whoever reads along knows what must be there.
"""

import os
import signal
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from segstudio.jobs.fine_tune import FineTuneRequest, fine_tune
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.jobs.steps import StripReady, VersionReady
from segstudio.mask.dabs import stroke_segment
from segstudio.project.project import Project
from segstudio.raster.window import Window
from segstudio.training.settings import FineTuneSettings

EXTENT = Window(0, 0, 256, 256)
MODEL = "conv1x1"
FEW = FineTuneSettings(steps=2, patch_px=32, batch=2, evaluations=1, threads=1)


def strokes(seed: int) -> Iterator[tuple[int, Window, np.ndarray]]:
    """Class id, window and footprint (bool) of endless strokes."""
    rng = np.random.default_rng(seed)
    while True:
        (col, row), (col_end, row_end) = rng.integers(0, 256, (2, 2)).tolist()
        class_id, radius_px = int(rng.integers(0, 2)), int(rng.integers(2, 20))
        yield class_id, *stroke_segment((col, row), (col_end, row_end), radius_px, EXTENT)


def work(folder: Path, seed: int, acknowledge: int) -> None:
    """Work until killed."""
    project, painted = Project.open(folder), strokes(seed)
    document = project.open_document(1)
    while True:
        model = project.active_version_id or MODEL
        look = PredictRequest(
            Path(document.info.path),
            model,
            project.versions.folder,
            1,
            device="cpu",
            patch=128,
            untrained=True,
        )
        for step in chain(predict(look), fine_tune(FineTuneRequest(folder, model, FEW, device="cpu"))):
            if isinstance(step, StripReady):
                document.set_prediction(step.window, step.class_ids, step.doubt, step.depth, step.version_id)
            if isinstance(step, VersionReady):
                project.set_active_model(step.version_id)
                os.write(acknowledge, b"v")
            class_id, window, where = next(painted)
            document.begin_stroke("brush", class_id)
            document.paint(window, where)
            document.end_stroke()
            os.write(acknowledge, b"s")
        project.flush()
        os.write(acknowledge, b"f")


def serve() -> None:
    """Fork a child for every line "SEED FIFO FOLDER" and say its id; torch is loaded once for all of them."""
    import torch

    import segstudio.inference.predictor
    import segstudio.training.fine_tune  # noqa: F401

    torch.set_num_threads(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        seed, fifo, folder = line.split(maxsplit=2)
        child = os.fork()
        if child == 0:
            work(Path(folder.strip()), int(seed), os.open(fifo, os.O_WRONLY))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
