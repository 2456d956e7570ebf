"""What models said about one open image: in its mask at once, in predictions.db by and by."""

from collections.abc import Iterable, Iterator
from functools import reduce

import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.history import Block, Steps
from segstudio.mask.mask import Mask
from segstudio.mask.plane import Array, ChunkKey
from segstudio.project.prediction_entries import PredictionChunk
from segstudio.project.predictions import PredictionStore
from segstudio.raster.window import Window


class PredictionLayer:
    """Prediction, doubt and depth of one image, and which model version spoke last about each chunk."""

    def __init__(self, mask: Mask, store: PredictionStore, image_id: int) -> None:
        self._mask = mask
        self._store = store
        self._image_id = image_id
        self._versions = store.versions(image_id)

    @property
    def backlog(self) -> int:
        """Chunks not yet on disk."""
        return self._store.backlog

    def replace(
        self, window: Window, class_ids: Array, doubt: Array | None, depth: Array | None, version_id: str
    ) -> Window:
        """Replace what is predicted in a window; returns its part within the image."""
        self._store.overwrite_strips(self._image_id, window, but=None)
        return self._put(window, class_ids, doubt, depth, version_id)

    def replace_strip(
        self,
        plan: str,
        strip: Window,
        class_ids: Array,
        doubt: Array | None,
        depth: Array | None,
        version_id: str,
    ) -> Steps[None]:
        """Replace what is predicted in a strip of a plan, chunk by chunk; it is finished when this is.

        Yields:
            The window to repaint.
        """
        self._store.overwrite_strips(self._image_id, strip, but=plan or None)
        for block in strip.intersection(self._mask.extent).blocks(self._mask.prediction.chunk_size):
            cut = block.slices_in(strip)
            its_doubt, its_depth = (None if plane is None else plane[cut] for plane in (doubt, depth))
            yield self._put(block, class_ids[cut], its_doubt, its_depth, version_id)
        if plan:
            self._store.finish_strip(self._image_id, plan, strip)

    def finished_strips(self, plan: str) -> set[Window]:
        """The strips of a plan whose answers are all there."""
        return self._store.finished_strips(self._image_id, plan)

    def forget_plan(self, plan: str) -> None:
        """Take a plan out of the ledger; what is shown stays."""
        strips = self.finished_strips(plan)
        if strips:
            whole = reduce(Window.union, strips)
            self._store.overwrite_strips(self._image_id, whole, but=None)

    def clear(self) -> None:
        """Forget everything."""
        self._store.clear(self._image_id)
        for plane in (self._mask.prediction, self._mask.doubt, self._mask.depth):
            for row, col in plane.written_chunks():
                plane.set_chunk(row, col, None)
        self._versions.clear()

    def version_of(self, window: Window) -> str | None:
        """Which model version spoke last in a window; several are parted by commas."""
        keys = map(self._key, window.blocks(self._mask.prediction.chunk_size))
        return ",".join(sorted({self._versions[key] for key in keys if key in self._versions})) or None

    def open_blocks(self, window: Window, known: Iterable[int]) -> Iterator[Block]:
        """The predicted class ids of a window, chunk by chunk, where nobody has spoken yet.

        Class ids that are not `known` were removed since, and are left out.
        """
        is_known = np.zeros(256, bool)
        is_known[list(known)] = True
        for block in window.blocks(self._mask.prediction.chunk_size):
            if self._mask.prediction.holds(*self._key(block)):
                predicted = self._mask.prediction.read(block)
                silent = self._mask.annotation.read(block) == UNLABELLED
                yield block, predicted, silent & is_known[predicted]

    def flush(self) -> None:
        """Wait until everything is on disk."""
        self._store.flush()

    def _put(
        self, window: Window, class_ids: Array, doubt: Array | None, depth: Array | None, version_id: str
    ) -> Window:
        self._mask.prediction.write(window, class_ids)
        if doubt is None:
            self._mask.doubt.write_value(window, 0)
        else:
            self._mask.doubt.write(window, doubt)
        if depth is not None:
            self._mask.depth.write(window, depth)
        inside = window.intersection(self._mask.extent)
        for block in inside.blocks(self._mask.prediction.chunk_size):
            self._keep(block, depth is not None, version_id)
        return inside

    def _keep(self, block: Window, has_depth: bool, version_id: str) -> None:
        """Hand one chunk to the writer thread, which then may take its time: nobody changes it any more."""
        mask, key = self._mask, self._key(block)
        if not has_depth and mask.depth.holds(*key):
            # the depth of an older version is no depth of this one
            mask.depth.write_value(block, float("nan"))
            has_depth = True
        planes = [mask.prediction, mask.doubt, *([mask.depth] if has_depth else [])]
        arrays = [plane.shared_chunk(*key) for plane in planes]
        depth = arrays[2] if has_depth else None
        self._versions[key] = version_id
        self._store.put(self._image_id, key, PredictionChunk(arrays[0], arrays[1], depth, version_id))
        for plane in planes:
            plane.mark_stored(*key)

    def _key(self, block: Window) -> ChunkKey:
        size = self._mask.prediction.chunk_size
        return block.row_off // size, block.col_off // size
