"""One open image of a project: its mask, its history, and the only door for corrections."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from segstudio.mask.classes import UNLABELLED, ClassList
from segstudio.mask.edits import EditBuilder, MaskEdit
from segstudio.mask.history import Block, Steps, all_at_once
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Array, ChunkKey
from segstudio.project.class_edits import Annals, ClassEdits
from segstudio.project.depth import keep_depth_target
from segstudio.project.images import ImageEntry
from segstudio.project.open_mask import open_mask
from segstudio.project.past import Moment, before_model, moments, past_mask
from segstudio.project.prediction_layer import PredictionLayer
from segstudio.project.predictions import PredictionStore
from segstudio.project.review import TILE_DONE, TileReview
from segstudio.project.snapshots import AnnotationSnapshot, take_snapshot
from segstudio.project.store import ProjectStore
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

Footprint = npt.NDArray[np.bool_]

_BLOCK_PX = 1024
"""Edits over large windows are made in squares of this size: what is in memory at once stays small."""


class Document:
    """The annotation and prediction of one image; belongs to the thread that opened the project.

    Every change of the annotation is an edit that is on disk, and can be undone, when the call returns.
    Classes that are locked are not painted over; a prediction never changes a pixel that a person set. What
    may take long has a twin that ends in `_steps`: it works a chunk at a time, yields what to repaint and
    leaves nothing behind when it is closed half-way; meanwhile nothing else can be changed.
    """

    def __init__(
        self,
        *,
        store: ProjectStore,
        predictions: PredictionStore,
        entry: ImageEntry,
        info: RasterInfo,
        classes: Callable[[], ClassList],
        class_edits: ClassEdits,
        changed: Callable[[int], object],
        closed: Callable[[int], None],
    ) -> None:
        self.info = info
        self.image_id = entry.id
        self.name = entry.name
        self.mask = open_mask(store.database, predictions, entry)
        self._store = store
        self._classes = classes
        self._changed = changed
        self._closed = closed
        self._class_edits = class_edits
        self.annals = Annals.over(store, entry.id, self.mask)
        self._journal, self._history = self.annals.journal, self.annals.history
        self._predicted = PredictionLayer(self.mask, predictions, entry.id)
        self._review = TileReview(store, self.mask, entry.id)
        self._stroke: tuple[MaskEdit, EditBuilder, Origin] | None = None
        self._is_open = True

    def begin_stroke(self, tool: str, class_id: int, origin: Origin = Origin.BRUSH) -> None:
        """Start a stroke; class id 255 erases. A stroke still open is ended first."""
        self.end_stroke()
        self._refuse_change()
        if class_id != UNLABELLED:
            self._classes().by_id(class_id)
        draft = MaskEdit(0, tool, tool, class_id, Window(0, 0, 0, 0))
        self._stroke = draft, EditBuilder(self.mask), origin

    def paint(self, window: Window, footprint: Footprint) -> Window:
        """Paint the pixels of a footprint, bool (height, width).

        Returns:
            The window to repaint.
        """
        if self._stroke is None:
            raise RuntimeError("paint() is called between begin_stroke() and end_stroke()")
        draft, builder, origin = self._stroke
        class_id = UNLABELLED if draft.class_id is None else draft.class_id
        return builder.write(window, class_id, self._unlocked(window, class_id, footprint), origin)

    def settle(self) -> None:
        """In a quiet moment, do a little of what would hold up the next dab or the end of the stroke."""
        for plane in (self.mask.annotation, self.mask.origin):
            plane.prepare()
        if self._stroke is not None:
            self._stroke[1].seal_left_behind()

    def end_stroke(self) -> MaskEdit | None:
        """Finish the stroke: on disk when this returns; None if it changed nothing."""
        if self._stroke is None:
            return None
        (draft, builder, _), self._stroke = self._stroke, None
        return self._said(self._history.record(draft, builder))

    def cancel_stroke(self) -> None:
        """Take the unfinished stroke back."""
        if self._stroke is not None:
            (_, builder, _), self._stroke = self._stroke, None
            builder.cancel()

    def apply_edit(
        self,
        name: str,
        tool: str,
        window: Window,
        values: Array,
        where: Footprint | None,
        origin: Origin = Origin.TOOL,
        *,
        class_id: int | None = None,
    ) -> MaskEdit | None:
        """Annotate a window in one edit: a polygon, a fill, an import.

        Args:
            name: What the menu says after "Undo".
            tool: Kind of edit, as kept in the journal.
            window: The pixels that `values` covers.
            values: Class ids uint8 (height, width), 255 = take the annotation away.
            where: Bool (height, width), or None for all.
            origin: Who says so.
            class_id: The one class among the values, where there is only one.

        Returns:
            The edit, on disk; None if it changed nothing.
        """
        return self.apply_blocks(name, tool, _cut(window, values, where), origin, class_id=class_id)

    def apply_blocks(
        self,
        name: str,
        tool: str,
        blocks: Iterable[Block],
        origin: Origin = Origin.TOOL,
        *,
        class_id: int | None = None,
        version_id: str | None = None,
    ) -> MaskEdit | None:
        """One edit made of many windows that are never in memory together: a mask as large as the scene."""
        steps = self.apply_blocks_steps(name, tool, blocks, origin, class_id=class_id, version_id=version_id)
        return all_at_once(steps)

    def apply_blocks_steps(
        self,
        name: str,
        tool: str,
        blocks: Iterable[Block],
        origin: Origin = Origin.TOOL,
        *,
        class_id: int | None = None,
        version_id: str | None = None,
    ) -> Steps[MaskEdit | None]:
        """`apply_blocks`, block by block."""
        self._begin_change()
        draft = MaskEdit(0, name, tool, class_id, Window(0, 0, 0, 0), version_id=version_id)
        edit = yield from self._history.record_steps(
            draft, EditBuilder(self.mask), blocks=self._unlocked_blocks(blocks), origin=origin
        )
        return self._said(edit)

    def accept_prediction(self, window: Window) -> MaskEdit | None:
        """Say that the prediction is right wherever nobody has spoken yet."""
        return all_at_once(self.accept_steps(window))

    def accept_steps(self, window: Window) -> Steps[MaskEdit | None]:
        """`accept_prediction`, chunk by chunk."""
        inside = window.intersection(self.mask.extent)
        version_id = self._predicted.version_of(inside)
        blocks = self._predicted.open_blocks(inside, known=self._classes().ids)
        return self.apply_blocks_steps("accept", "accept", blocks, Origin.ACCEPTED, version_id=version_id)

    def remove_class_steps(self, class_id: int, into: int | None) -> Steps[MaskEdit | None]:
        """Merge a class into another, or delete it with its pixels (None), in all images of the project.

        One undo takes it back everywhere, and the class returns to the list.

        Raises:
            ProjectError: There is no such class, or it is locked.
        """
        self._begin_change()
        return self._said((yield from self._class_edits.remove_steps(class_id, into, self.image_id)))

    def clear_annotation(self, window: Window) -> MaskEdit | None:
        """Take back what people said in a window."""
        blocks = ((block, UNLABELLED, None) for block in window.blocks(_BLOCK_PX))
        return self.apply_blocks("clear", "clear", blocks, class_id=UNLABELLED)

    def undo(self) -> Window | None:
        """Take back the newest edit; the window to repaint, or None if there is none."""
        edit = all_at_once(self.undo_steps())
        return None if edit is None else edit.window

    def redo(self) -> Window | None:
        """Bring back the edit undone last; the window to repaint, or None if there is none."""
        edit = all_at_once(self.redo_steps())
        return None if edit is None else edit.window

    def undo_steps(self) -> Steps[MaskEdit | None]:
        """`undo`, chunk by chunk."""
        return self._walk(forward=False)

    def redo_steps(self) -> Steps[MaskEdit | None]:
        """`redo`, chunk by chunk."""
        return self._walk(forward=True)

    def go_to_steps(self, edit_id: int) -> Steps[int]:
        """Undo or redo, chunk by chunk, until an edit is the newest one done (0 = none); how many it took."""
        self._begin_change()
        count = yield from self._history.go_to_steps(edit_id)
        self._changed(self.image_id)
        return count

    def moments(self) -> list[Moment]:
        """Every edit of this image and every change of the model in use, oldest first."""
        return moments(self._store.database, self.image_id)

    def before_model(self, model: str) -> int | None:
        """The newest edit made before a model was used: 0 = before all, None = it never was."""
        return before_model(self._store.database, self.image_id, model)

    def mask_at(self, edit_id: int) -> Mask:
        """The mask to look at as it was (or will be) when an edit was the newest one done; 0 = before all."""
        return past_mask(self._store.database, self.annals, self.image_id, edit_id)

    @property
    def cursor(self) -> int:
        """Id of the newest edit that is done; 0 if none is."""
        return self._journal.cursor()

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._stroke is not None or self._history.undo_edit is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to bring back."""
        return self._stroke is None and self._history.redo_edit is not None

    @property
    def undo_name(self) -> str:
        """What undo would take back; empty if nothing."""
        edit = self._history.undo_edit
        return edit.name if edit else ""

    @property
    def redo_name(self) -> str:
        """What redo would bring back; empty if nothing."""
        edit = self._history.redo_edit
        return edit.name if edit else ""

    def edits(self) -> list[MaskEdit]:
        """All edits of the image, oldest first, undone ones at the end."""
        return self._journal.entries()

    def counts(self) -> dict[int, int]:
        """Annotated pixels by class id; kept by every edit, not counted."""
        return self._store.class_counts(self.image_id)

    def set_prediction(
        self, window: Window, class_ids: Array, doubt: Array | None, depth: Array | None, version_id: str
    ) -> Window:
        """Show what a model says about a window; it reaches the disk by and by.

        Args:
            window: Whole pixels.
            class_ids: uint8 (height, width), 255 = the image says nothing here.
            doubt: uint8 (height, width), or None for 0.
            depth: Float (height, width), or None where the model knows none.
            version_id: Which model said so.

        Returns:
            The window to repaint.
        """
        return self._predicted.replace(window, class_ids, doubt, depth, version_id)

    def set_strip(
        self,
        plan: str,
        strip: Window,
        class_ids: Array,
        doubt: Array | None,
        depth: Array | None,
        version_id: str,
    ) -> Steps[None]:
        """`set_prediction`, chunk by chunk, of one strip of a plan, which the ledger then has as finished.

        What is not walked to its end is not in the ledger, and neither are strips of other plans that it
        meets. `plan` is a digest of all that the answers depend on, the image's content included; an empty
        one has no ledger.
        """
        return self._predicted.replace_strip(plan, strip, class_ids, doubt, depth, version_id)

    def finished_strips(self, plan: str) -> set[Window]:
        """The strips of a plan that need not be predicted again."""
        return self._predicted.finished_strips(plan)

    def forget_plan(self, plan: str) -> None:
        """Take a plan out of the ledger, since it is done or to begin anew; what is shown stays."""
        self._predicted.forget_plan(plan)

    @property
    def content(self) -> str:
        """A digest of the image's bytes."""
        return self._store.images.fingerprint_of(self.image_id)

    def clear_prediction(self) -> Window:
        """Forget what models said about this image; the window to repaint."""
        self._predicted.clear()
        return self.mask.extent

    @property
    def prediction_backlog(self) -> int:
        """Predicted chunks not yet on disk."""
        return self._predicted.backlog

    def set_depth_target(self, window: Window, depth: Array) -> None:
        """Keep how deep the image is, as target of a depth decoder: float (height, width), NaN = not said."""
        self._refuse_change()
        keep_depth_target(self._store.database, self.image_id, self.mask, window, depth)

    def tile_state(self, row: int, col: int) -> str:
        """Review state of one tile (chunk): "new" or "done"."""
        return self._review.state(row, col)

    def tile_states(self) -> dict[ChunkKey, str]:
        """Review state of every tile that has one."""
        return self._review.states()

    def set_tile_state(self, window: Window, state: str = TILE_DONE) -> None:
        """Set the review state of all tiles within a window; the image is done when all of them are."""
        self._review.set(window, state)
        self._changed(self.image_id)

    def annotation_snapshot(self) -> AnnotationSnapshot:
        """The annotation as kept on disk (without an unfinished stroke), safe to hand to another thread."""
        return take_snapshot(self._store, self._store.images.entry(self.image_id))

    def flush(self) -> None:
        """Wait until predictions are on disk; strokes are already."""
        if self._is_open:
            self._predicted.flush()

    def close(self) -> None:
        """End the stroke under way and let go; twice does no harm."""
        if self._is_open:
            self.end_stroke()
            self._is_open = False
            self._closed(self.image_id)

    def _said(self, edit: MaskEdit | None) -> MaskEdit | None:
        if edit is not None:
            self._changed(self.image_id)
        return edit

    def _walk(self, *, forward: bool) -> Steps[MaskEdit | None]:
        self.end_stroke()
        edit = self._history.redo_edit if forward else self._history.undo_edit
        if edit is None:
            return None
        self._refuse_change()
        if edit.group is None:
            yield from self._history.redo_steps() if forward else self._history.undo_steps()
        else:
            yield from self._class_edits.walk_steps(self.image_id, edit, forward=forward)
        return self._said(edit)

    def _begin_change(self) -> None:
        self.end_stroke()
        self._refuse_change()

    def _refuse_change(self) -> None:
        self._store.database.refuse_change()

    def _unlocked(self, window: Window, values: Array | int, where: Footprint | None) -> Footprint | None:
        """Those pixels that show no locked class, or show what they are set to."""
        locked = self._classes().locked_ids
        if not locked:
            return where
        table = np.ones(256, bool)
        table[list(locked)] = False
        shown = self.mask.shown(window)
        free: Footprint = table[shown] | (shown == values)
        return free if where is None else free & where

    def _unlocked_blocks(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for window, values, where in blocks:
            yield window, values, self._unlocked(window, values, where)


def _cut(window: Window, values: Array, where: Footprint | None) -> Iterator[Block]:
    for block in window.blocks(_BLOCK_PX):
        cut = block.slices_in(window)
        yield block, values[cut], None if where is None else where[cut]
