"""The window's door to everything: intents come in as methods, changes go out as signals (see `desk.py`)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer

from segstudio.errors import SegstudioError
from segstudio.jobs.depth_teachers import DepthSource
from segstudio.jobs.export import What
from segstudio.mask.classes import UNLABELLED, ClassList
from segstudio.mask.edits import MaskEdit
from segstudio.project.backups import backups_of
from segstudio.project.compaction import Forgetting
from segstudio.project.images import ImageFile
from segstudio.project.lock import OnlyReadable
from segstudio.project.rescue import BeyondRepair
from segstudio.raster.address import Address
from segstudio.raster.window import Window
from segstudio.ui.address_control import AddressControl
from segstudio.ui.area_counter import AreaCounter
from segstudio.ui.background import Background
from segstudio.ui.class_control import ClassControl
from segstudio.ui.depth_control import DepthControl
from segstudio.ui.desk import TOOLS, Desk, JobState
from segstudio.ui.edit_control import EditControl
from segstudio.ui.job_control import JobControl
from segstudio.ui.mask_control import MaskControl
from segstudio.ui.model_control import ModelControl
from segstudio.ui.network_look import NetworkLook
from segstudio.ui.opening import parted
from segstudio.ui.overview_control import OverviewControl
from segstudio.ui.pen import Pen
from segstudio.ui.plugin_control import PluginControl, PluginFacts
from segstudio.ui.project_control import ProjectControl
from segstudio.ui.review import Review
from segstudio.ui.safe_keeping import SafeKeeping
from segstudio.ui.stretch_control import StretchControl
from segstudio.ui.teaching import Teaching
from segstudio.ui.time_control import TimeControl
from segstudio.ui.words import grouped, translate

Scope = Literal["view", "area", "scene"]


class Session(Desk):
    """Keeps the open project, document and settings consistent; widgets ask it and hear it.

    What a person's choice makes go wrong is said as a `notice`, and everything stays as it was. The helpers
    (`class_list`, `models`, `plugins`, `jobs`, `stretching`, `teaching`, `areas`) answer questions.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.background = Background(self, threads=2)
        self.class_list = ClassControl(self)
        self.models = ModelControl(self)
        self.plugins = PluginControl(self)
        self.jobs = JobControl(self, self.models)
        self.stretching = StretchControl(self, self.background)
        self.teaching = Teaching(self, self.models, self.jobs)
        self.areas = AreaCounter(self)
        self.edits = EditControl(self)
        self.masks = MaskControl(self, self.edits)
        self.time = TimeControl(self, self.edits)
        self.overviews = OverviewControl(self)
        self.safe = SafeKeeping(self, self.jobs, self.edits)
        self._pen = Pen(self)
        self._review = Review(self)
        self._depth = DepthControl(self, self.jobs)
        self.network = NetworkLook(self, self.models, self.jobs)
        self.jobs.show_tile = self.next_doubtful_tile
        self.addresses = AddressControl(self)
        self._projects = ProjectControl(
            self,
            self.addresses,
            opened=self._document_opened,
            leaving=self._leave_document,
            in_use=self.jobs.uses,
            is_busy=lambda: self.job is not None,
            attempt=self._try,
        )
        self.project_changed.connect(self._project_opened)
        self.document_changed.connect(self.areas.begin)
        self.mask_changed.connect(self.areas.touch)
        self.job_changed.connect(self._reopen_restored)

    @property
    def classes(self) -> ClassList:
        """The classes of the open project."""
        return self.class_list.classes

    @property
    def job(self) -> JobState | None:
        """The running job, or None."""
        return self.jobs.state or self.edits.state

    # ---- opening -------------------------------------------------------------------------------------------

    def open_path(self, path: str | Path) -> None:
        """Open an image (a project is made beside it), a folder of photos, or a project folder."""
        self.open_paths([path])

    def open_paths(self, paths: Sequence[str | Path]) -> None:
        """Open several images, files or addresses, as one project."""
        self._try(lambda: self._open_parted(*parted(paths)))

    def _open_parted(self, files: list[Path], addresses: list[Address]) -> None:
        if files:
            self._open_or_offer(files)
        self._projects.bring(addresses, None if files else self._open_or_offer)

    def _open_or_offer(self, what: list[Path] | ImageFile) -> None:
        try:
            self._projects.open(what)
        except OnlyReadable as error:
            look = translate("Session", "Open read-only")
            self.offer.emit(str(error), look, lambda: self.open_read_only(what))
        except BeyondRepair as error:
            if not backups_of(error.folder):
                raise
            put_back, folder = translate("Session", "Put the newest backup back"), error.folder
            self.offer.emit(str(error), put_back, lambda: self.safe.restore(folder, None))

    def take_in(self, paths: Sequence[str | Path]) -> None:
        """Open what was dropped; a mask of the open image is imported into it."""
        likeness = self.masks.likeness(paths)
        if likeness == "yes":
            self.import_mask(paths[0])
        elif likeness == "perhaps":
            self.masks.unclear.emit(Path(paths[0]))
        else:
            self.open_paths(paths)

    def open_read_only(self, what: list[Path] | ImageFile) -> None:
        """Look at a project that another program has open."""
        self._try(lambda: self._projects.open(what, read_only=True))

    def open_looked_at(self, image: ImageFile) -> None:
        """Open an image at an address that was examined already."""
        self._try(lambda: self._open_or_offer(image))

    def open_project(self, folder: Path) -> None:
        """Open a project folder."""
        self.open_path(folder)

    def add_images(self, paths: Sequence[str | Path]) -> None:
        """Add images to the open project, or open them where there is none."""
        if self.project is None:
            self.open_paths(paths)
        else:
            self._try(lambda: self._add_parted(*parted(paths)))

    def _add_parted(self, files: list[Path], addresses: list[Address]) -> None:
        self._projects.add_images(files)
        self._projects.bring(addresses)

    def add_looked_at(self, image: ImageFile) -> None:
        """Add an image at an address that was examined already."""
        self._projects.add_images([image])

    def show_image(self, image_id: int) -> None:
        """Open the document of one image of the project."""
        self._try(lambda: self._projects.show_image(image_id))

    def locate_image(self, image_id: int, path: Path | ImageFile) -> None:
        """Say where a missing image lies now: in a file, or at an address that was examined already."""
        self._try(lambda: self._projects.locate(image_id, path))

    def close(self) -> None:
        """End jobs and close the project; nothing is lost."""
        self.end_stroke()
        self.edits.cancel()
        self.safe.stop()
        self.jobs.stop()
        self.addresses.close()
        self.background.stop()
        self.overviews.stop()
        self.stretching.keep()
        self._projects.close()

    # ---- correcting ----------------------------------------------------------------------------------------

    def set_tool(self, name: str) -> None:
        """Take a tool of `desk.TOOLS`."""
        if name not in TOOLS:
            raise ValueError(f"no tool is named {name!r}: there are {', '.join(TOOLS)}")
        if name != self.tool:
            self.end_stroke()
            self.tool = name
            self.tool_changed.emit(name)

    def begin_stroke(
        self, col: float, row: float, erase: bool = False, *, radius_px: float | None = None
    ) -> None:
        """Start a stroke with brush or eraser; `erase` is the right button, no radius the brush's own."""
        self._edit(lambda: self._pen.begin(col, row, radius_px, erase=erase))

    def stroke_to(self, col: float, row: float, *, radius_px: float | None = None) -> None:
        """Draw the stroke on."""
        self._pen.to(col, row, radius_px)

    def end_stroke(self) -> None:
        """Finish the stroke; it is on disk afterwards."""
        self._try(self._pen.end)

    def apply_polygon(self, points: Sequence[tuple[float, float]]) -> None:
        """Fill a polygon (col, row) with the class in hand."""
        self._edit(lambda: self._pen.polygon(points))

    def import_mask(self, path: str | Path) -> None:
        """Make a mask file annotation of the open image; what it does not say stays as it is."""
        self.end_stroke()
        self._edit(lambda: self.masks.start(Path(path)))

    def fill_at(self, col: float, row: float) -> None:
        """Fill the connected region under the pointer with the class in hand."""
        self._edit(lambda: self._pen.fill_at(col, row))

    def pick_class_at(self, col: float, row: float) -> None:
        """Take the class shown under the pointer."""
        found = self.class_at(col, row)
        if found is not None:
            self.set_class(found)

    def class_at(self, col: float, row: float) -> int | None:
        """The class shown at a pixel; None outside the image or where nothing is said."""
        if self.document is None or self.extent is None or not self.extent.contains_pixel(int(col), int(row)):
            return None
        found = self.document.mask.shown_at(int(col), int(row))
        return None if found == UNLABELLED else found

    def corrected_pixels(self) -> dict[int, int]:
        """Pixels of the open image that a person has set, by class id."""
        return self.document.counts() if self.document is not None else {}

    def undo(self) -> None:
        """Take the last edit back."""
        self.end_stroke()
        if self.document is not None:
            steps, title = self.document.undo_steps(), translate("Session", "Taking an edit back")
            self._edit(lambda: self.edits.run(title, steps, self._walked))

    def redo(self) -> None:
        """Make the last edit again that was taken back."""
        if self.document is not None and not self._pen.is_down:
            steps, title = self.document.redo_steps(), translate("Session", "Making an edit again")
            self._edit(lambda: self.edits.run(title, steps, self._walked))

    def accept(self, window: Window) -> None:
        """Accept the prediction in a window where nobody has spoken."""
        if self.document is not None:
            steps, title = (
                self.document.accept_steps(window),
                translate("Session", "Accepting the prediction"),
            )
            self._edit(lambda: self.edits.run(title, steps))

    def accept_tile_at_cursor(self) -> None:
        """The rest of this tile is right."""
        self._edit(self._review.accept_tile)

    def next_doubtful_tile(self) -> None:
        """Show the tile with the highest mean doubt that is not done yet (`look_requested`)."""
        self._try(self._review.show_next)

    def pick_depth_at(self, col: float, row: float) -> None:
        """Set the end of the depth filter that is being picked to the depth under the pointer."""
        self._depth.pick_at(col, row)

    # ---- classes -------------------------------------------------------------------------------------------

    def set_class_at_key(self, number: int) -> None:
        """Take the class behind a number key, 1..9."""
        class_id = self.class_list.at_key(number)
        if class_id is not None:
            self.set_class(class_id)

    def add_class(self, name: str) -> None:
        """Add a class and take it."""
        self._try(lambda: self.set_class(self.class_list.add(name)))

    def rename_class(self, class_id: int, name: str) -> None:
        """Give a class another name."""
        self._try(lambda: self.class_list.rename(class_id, name))

    def recolour_class(self, class_id: int, colour: str) -> None:
        """Give a class another colour."""
        self._try(lambda: self.class_list.recolour(class_id, colour))
        self._repaint_all()

    def set_class_visible(self, class_id: int, visible: bool) -> None:
        """Show or hide the pixels of a class."""
        self._try(lambda: self.class_list.set_visible(class_id, visible))
        self._repaint_all()

    def set_class_locked(self, class_id: int, locked: bool) -> None:
        """Keep the pixels of a class from being painted over."""
        self._try(lambda: self.class_list.set_locked(class_id, locked))

    def remove_class(self, class_id: int) -> None:
        """Delete a class with all its pixels; undo brings both back."""
        self._remove_class(class_id, into=None)

    def merge_class(self, class_id: int, into: int) -> None:
        """Give all pixels of a class to another one, and take it out of the list."""
        self._remove_class(class_id, into=into)

    # ---- the history ---------------------------------------------------------------------------------------

    def look_back(self, edit_id: int) -> None:
        """Show the mask as it was when an edit was the newest one; 0 = before the first."""
        self.end_stroke()
        self._try(lambda: self.time.look_at(edit_id))

    def look_before_this_model(self) -> None:
        """Show the mask as it was before the model in use came into use."""
        self.end_stroke()
        self._try(lambda: self.time.look_before_model(self.models.text))

    def go_on_from_here(self) -> None:
        """Undo or redo up to the moment that is looked at."""
        self._try(self.time.go_there)

    def compact_history(self, plan: Forgetting) -> None:
        """Forget the oldest steps for ever."""
        self._try(lambda: self.safe.compact(plan))

    def keep_backups(self, count: int) -> None:
        """Keep so many copies of the project."""
        project = self.project
        if project is not None:
            self._try(lambda: project.set_backups_kept(count))

    def restore_backup(self, number: int) -> None:
        """Close the project, put a copy in its place, and open it again."""
        if self.project is None or not self._is_free_to_edit() or self.job is not None:
            return
        folder = self.project.folder
        self._projects.close()
        self.safe.restore(folder, number)

    # ---- models and jobs -----------------------------------------------------------------------------------

    def set_model(self, model_id: str) -> None:
        """Choose a card (`mff-light`, `gray:mff-light`) or a version of the project."""
        self._try(lambda: self.models.set_model(model_id))

    def allow_plugin(self, facts: PluginFacts) -> None:
        """Let a plugin's Python run, as its files were shown."""
        self._try(lambda: self.plugins.allow(facts))

    def forbid_plugin(self, facts: PluginFacts) -> None:
        """Take the consent to a plugin back."""
        self._try(lambda: self.plugins.forbid(facts))

    def set_device(self, device: str) -> None:
        """Choose where nets run: "auto", "cpu" or "cuda"."""
        self.jobs.device = device

    def predict(self, scope: Scope, *, fresh: bool = False) -> None:
        """Predict the view, the area or the whole scene in the background, on from what is finished."""
        self.end_stroke()
        self._try(lambda: self.teaching.predict(scope, fresh=fresh))

    def fine_tune(self) -> None:
        """Teach the model in use from the corrections, in the background."""
        self.end_stroke()
        self._try(self.teaching.fine_tune)

    def set_depth_targets(self, source: DepthSource, *, all_images: bool = False) -> None:
        """Ask a depth teacher about the open image or all images: targets of the depth decoder."""
        self.end_stroke()
        self._try(lambda: self._depth.start(source, all_images=all_images))

    def strip_depth(self, version_id: str) -> None:
        """Make a version without depth decoder from one that has it, for deployment."""
        self._try(lambda: self._depth.strip(version_id))

    def export(self, folder: Path, *, image: str | None, what: What) -> None:
        """Write masks into a folder, in the background."""
        self.end_stroke()
        self._try(lambda: self.teaching.export(folder, image=image, what=what))

    def cancel_job(self) -> None:
        """Ask the running job to stop; it does within one batch. A long edit is taken back."""
        if self.edits.state is not None:
            self.edits.cancel()
        else:
            self.jobs.cancel()

    def keep_version(self, version_id: str) -> None:
        """Use a new version from now on."""
        self._try(lambda: self.teaching.keep(version_id))

    def drop_version(self, version_id: str) -> None:
        """Throw a version away and stay with its parent."""
        self._try(lambda: self.teaching.drop(version_id))

    # ---- inside --------------------------------------------------------------------------------------------

    def _project_opened(self) -> None:
        ids = self.classes.ids
        if ids and self.class_id not in ids:
            self.class_id = self.last_class_id = ids[0]
        self.class_changed.emit(self.class_id)
        self.models.begin()
        self.versions_changed.emit()
        for broken in self.project.versions.broken() if self.project else ():
            self.notice.emit("warning", f"{broken.folder.name}: {broken.reason}")

    def _document_opened(self) -> None:
        self.set_depth_filter(None)
        self.pick_depth(None)
        self.stretching.begin()
        self.models.check_bands()

    def _remove_class(self, class_id: int, *, into: int | None) -> None:
        if self.document is None:
            return
        steps = self.document.remove_class_steps(class_id, into)
        title = (
            translate("Session", "Deleting a class")
            if into is None
            else translate("Session", "Merging classes")
        )
        name = next((entry.name for entry in self.classes if entry.id == class_id), "")
        self._edit(lambda: self.edits.run(title, steps, lambda edit: self._class_removed(name, edit)))

    def _class_removed(self, name: str, edit: MaskEdit | None) -> None:
        self._walked(edit)
        pixels = -min((edit.counts if edit else {}).values(), default=0)
        sentence = translate(
            "Session", "“{name}” is gone from the list; {pixels} pixels of this image changed."
        )
        words = sentence.format(name=name, pixels=grouped(pixels))
        self.offer.emit(words, translate("actions", "Undo"), self.undo)

    def _walked(self, edit: MaskEdit | None) -> None:
        """After an edit that may have changed the list of classes too."""
        if edit is None or edit.group is None:
            return
        ids = self.classes.ids
        if ids and self.class_id not in ids:
            self.class_id = self.last_class_id = ids[0]
            self.class_changed.emit(self.class_id)
        self.classes_changed.emit()

    def _reopen_restored(self, state: JobState | None) -> None:
        folder = self.safe.restored() if state is None else None
        if folder is not None:
            QTimer.singleShot(0, lambda: self.open_project(folder))

    def _leave_document(self) -> bool:
        """Whether the open image may be left; the stroke that is being drawn ends here."""
        self.end_stroke()
        return self._is_free_to_edit()

    def _is_free_to_edit(self) -> bool:
        """Whether no long edit is under way; says so otherwise."""
        if self.edits.state is None:
            return True
        sentence = translate("Session", "{job} is still under way: wait for it or cancel it first.")
        self.notice.emit("info", sentence.format(job=self.edits.state.title))
        return False

    def _edit(self, act: Callable[[], object]) -> None:
        """Change the present mask; the past can only be looked at."""
        if self.time.at is None:
            self._try(act)
            return
        sentence = translate("Session", "You are looking at an earlier state: nothing is changed there.")
        self.offer.emit(sentence, translate("Session", "Back to now"), self.time.return_to_now)

    def _repaint_all(self) -> None:
        if self.extent is not None:
            self.mask_changed.emit(self.extent)

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except SegstudioError as error:
            self.notice.emit("error", str(error))
