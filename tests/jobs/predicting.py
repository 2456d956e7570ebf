"""Predicts until killed, saying one byte after every batch; made to be killed."""

import os
import signal
import sys
from pathlib import Path

from segstudio.jobs.predict import PredictRequest, predict_to_file
from segstudio.jobs.predict_project import ProjectPredictRequest, predict_project
from segstudio.jobs.steps import Progress


def request(scene: Path, version: Path) -> PredictRequest:
    """What all of them ask for."""
    return PredictRequest(scene, str(version), device="cpu", engine_name="torch", patch=128)


def steps(kind: str, folder: Path):
    """The prediction into the project or the file of a folder."""
    wanted = request(folder / "scene.tif", folder / "version")
    if kind == "file":
        return predict_to_file(wanted, folder / "mask.tif", folder / "doubt.tif")
    return predict_project(ProjectPredictRequest(folder / "town", wanted))


def work(kind: str, folder: Path, say: int) -> None:
    """Predict; one byte for every batch."""
    for step in steps(kind, folder):
        if isinstance(step, Progress) and step.done:
            os.write(say, b".")


def serve() -> None:
    """Fork a child for every line "KIND FIFO FOLDER" and say its id; loaded once for all of them."""
    import torch  # noqa: F401 - what takes long is in memory before the first fork

    import segstudio.inference.predictor
    import segstudio.inference.torch_forward  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        kind, fifo, folder = line.split(maxsplit=2)
        child = os.fork()
        if child == 0:
            try:
                work(kind, Path(folder.strip()), os.open(fifo, os.O_WRONLY))
            finally:
                os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
