"""The loop's two verbs from the window's side: predict here, and teach the model what was corrected."""

from dataclasses import replace
from pathlib import Path

from segstudio import personal
from segstudio.errors import ModelError
from segstudio.jobs.export import ExportRequest, What, export
from segstudio.jobs.fine_tune import FineTuneRequest, fine_tune
from segstudio.jobs.steps import VersionReady
from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.models.cards import ModelCard
from segstudio.raster.window import Window
from segstudio.training.settings import DEFAULT_MINUTES, FineTuneSettings
from segstudio.ui.desk import Desk
from segstudio.ui.job_control import JobControl
from segstudio.ui.model_control import DEFAULT_MODEL, ModelControl
from segstudio.ui.words import translate


class Teaching:
    """Keeps the last fine-tune's outcome until the person has decided: `pending` is to be kept or dropped."""

    def __init__(self, desk: Desk, models: ModelControl, jobs: JobControl) -> None:
        self._desk = desk
        self._models = models
        self._jobs = jobs
        self.minutes = DEFAULT_MINUTES
        self.pending: VersionReady | None = None
        self._export_folder = Path()
        desk.version_ready.connect(self._set_pending)
        desk.job_done.connect(self._say_exported)

    def predict(self, scope: str, *, fresh: bool = False) -> None:
        """Predict a part of the open image, or say what is missing."""
        if self._desk.document is None or self._models.ref is None:
            self._say("info", translate("Teaching", "Open an image first."))
        elif self._models.ref.card.missing_files:
            self._say_missing(self._models.ref.card)
        elif not self._models.ref.is_trained:
            self._offer_training()
        elif self._classes_fit():
            self._predict(scope, fresh=fresh)

    def window_of(self, scope: str) -> Window | None:
        """What a scope means now; None where there is no such thing."""
        extent = self._desk.extent
        if scope == "area":
            return self._desk.area
        if scope == "view" and self._desk.view is not None and extent is not None:
            seen = self._desk.view.intersection(extent)
            return None if seen.is_empty else seen
        return extent

    def fine_tune(self) -> None:
        """Start a fine-tune of the model in use from all corrections of the project."""
        project, ref = self._desk.project, self._models.ref
        if project is None or ref is None:
            self._say("info", translate("Teaching", "Open an image and correct something first."))
            return
        request = FineTuneRequest(
            project_folder=project.folder,
            model=self._models.text,
            settings=FineTuneSettings(minutes=self.minutes),
            device=self._jobs.device,
        )
        self._jobs.start("fine_tune", translate("Teaching", "Fine-tuning"), lambda: fine_tune(request))

    def export(self, folder: Path, *, image: str | None, what: What) -> None:
        """Write masks into a folder."""
        project = self._desk.project
        if project is None:
            return
        project.flush()
        images = None if image is None else (image,)
        request = ExportRequest(project.folder, folder, images=images, what=what)
        if self._jobs.start(
            "export", translate("Teaching", "Exporting"), lambda: export(request), needs_torch=False
        ):
            self._export_folder = folder

    def keep(self, version_id: str) -> None:
        """Use a version from now on."""
        self.pending = None
        self._models.set_model(version_id)
        self._desk.versions_changed.emit()

    def drop(self, version_id: str) -> None:
        """Delete a version; where it was in use, its parent is used again."""
        project = self._desk.project
        if project is None:
            return
        parent = project.versions.get(version_id).parent
        if self._models.ref is not None and self._models.ref.id == version_id:
            self._models.set_model(self._usable(parent))
        project.versions.delete(version_id)
        self.pending = None
        self._desk.versions_changed.emit()

    def use_model_classes(self) -> None:
        """Add the classes the model knows to those of the project, by name."""
        project, ref = self._desk.project, self._models.ref
        if project is None or ref is None:
            return
        classes = project.classes
        known = {name.casefold() for name in classes.names}
        for wanted in ref.classes:
            if wanted.name.casefold() not in known:
                colour = wanted.colour if wanted.colour not in _colours(classes) else classes.next_colour
                classes = classes.with_class(SegmentationClass(project.free_class_id, wanted.name, colour))
                project.set_classes(classes)
        project.set_classes(classes)
        self._desk.classes_changed.emit()

    def _predict(self, scope: str, *, fresh: bool) -> None:
        window = self.window_of(scope)
        if window is None:
            self._say("info", translate("Teaching", "Mark an area first: press A and drag a rectangle."))
            return
        if self._models.ref is not None and self._models.ref.card.has_depth:
            # what the second decoder says is seen beside the mask
            self._desk.set_display(replace(self._desk.display, mode="side_by_side", show_depth=True))
        self._jobs.predict(window, fresh=fresh)

    def _classes_fit(self) -> bool:
        project, ref = self._desk.project, self._models.ref
        if project is None or ref is None:
            return False
        names = {name.casefold() for name in project.classes.names}
        missing = [each.name for each in ref.classes if each.name.casefold() not in names]
        if not missing:
            return True
        sentence = translate("Teaching", "The model also knows {names}, which this project has no class for.")
        self._desk.offer.emit(
            sentence.format(names=", ".join(missing)),
            translate("Teaching", "Add these classes"),
            self.use_model_classes,
        )
        return len(missing) < len(ref.classes)

    def _offer_training(self) -> None:
        title = self._models.ref.card.title if self._models.ref else ""
        sentence = translate("Teaching", "{title} has no weights yet: it learns from your corrections first.")
        button = translate("Teaching", "Start training from your corrections")
        self._desk.offer.emit(sentence.format(title=title), button, self.fine_tune)

    def _say_missing(self, card: ModelCard) -> None:
        sentence = translate(
            "Teaching", "{title} needs {file}, which is not on this machine: copy it into {folder}."
        )
        folder, file = personal.downloads_folder(), card.missing_files[0]
        self._say("warning", sentence.format(title=card.title, file=file, folder=folder))

    def _usable(self, parent: str | None) -> str:
        try:
            self._models.set_model(parent or "")
        except ModelError:
            return DEFAULT_MODEL
        return parent or DEFAULT_MODEL

    def _set_pending(self, ready: VersionReady) -> None:
        self.pending = ready

    def _say_exported(self, verb: str) -> None:
        if verb == "export":
            sentence = translate("Teaching", "Exported to {folder}, read again and found right.")
            self._say("info", sentence.format(folder=self._export_folder))

    def _say(self, level: str, sentence: str) -> None:
        self._desk.notice.emit(level, sentence)


def _colours(classes: ClassList) -> set[str]:
    return {entry.colour for entry in classes}
