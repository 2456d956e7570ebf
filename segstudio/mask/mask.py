"""All planes of one image: what the person said, what the model said, and what is shown."""

import numpy as np
import numpy.typing as npt

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Array, Plane
from segstudio.raster.window import Window

ClassIds = npt.NDArray[np.uint8]


class Mask:
    """Annotation and prediction of one image; what is shown is the annotation, where there is one.

    `annotation` and `prediction` hold class ids (255 = nobody has spoken), `origin` who set an annotated
    pixel, `doubt` 0 (sure) to 255, `depth` float16 and `depth_target` float32 (NaN = not said).
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        annotation: Plane | None = None,
        origin: Plane | None = None,
        prediction: Plane | None = None,
        doubt: Plane | None = None,
        depth: Plane | None = None,
        depth_target: Plane | None = None,
    ) -> None:
        nan = float("nan")
        self.annotation = annotation or Plane(width, height, fill=UNLABELLED)
        self.origin = origin or Plane(width, height, fill=Origin.NOBODY)
        self.prediction = prediction or Plane(width, height, fill=UNLABELLED)
        self.doubt = doubt or Plane(width, height, fill=0)
        self.depth = depth or Plane(width, height, dtype=np.float16, fill=nan)
        self.depth_target = depth_target or Plane(width, height, dtype=np.float32, fill=nan)

    @property
    def extent(self) -> Window:
        """All pixels."""
        return self.annotation.extent

    def shown(self, window: Window, step: int = 1) -> ClassIds:
        """Class ids as shown: annotation where there is one, else prediction.

        Returns:
            uint8 (ceil(height / step), ceil(width / step)), 255 where neither has spoken.
        """
        said = self.annotation.read(window, step=step)
        predicted = self.prediction.read(window, step=step)
        np.copyto(predicted, said, where=said != UNLABELLED)
        return predicted

    def depth_shown(self, *, prefer_target: bool = False) -> Plane | None:
        """Where depth comes from: the model's, else the target it learns from (or the other way round)."""
        planes = (self.depth_target, self.depth) if prefer_target else (self.depth, self.depth_target)
        return next((plane for plane in planes if plane.written_chunks()), None)

    def shown_at(self, col: int, row: int) -> int:
        """The class id shown at one pixel; 255 where neither has spoken."""
        return int(self.shown(Window(col, row, 1, 1))[0, 0])

    def counts(self) -> dict[int, int]:
        """Annotated pixels by class id; walks through every written chunk."""
        totals = np.zeros(256, np.int64)
        for row, col in self.annotation.written_chunks():
            chunk = self.annotation.chunk(row, col)
            if chunk is not None:
                totals += np.bincount(chunk.ravel(), minlength=256)
        return {int(class_id): int(totals[class_id]) for class_id in np.flatnonzero(totals[:UNLABELLED])}


def is_silent(values: Array) -> bool:
    """Whether nobody has spoken in a block of class ids."""
    return bool((values == UNLABELLED).all())
