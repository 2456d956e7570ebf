"""Which models there are, which one is in use, and whether it fits the open image."""

from dataclasses import dataclass

from segstudio.errors import ModelError
from segstudio.jobs.model_choice import bands_for
from segstudio.models.cards import GRAY_PREFIX, ModelCard
from segstudio.models.registry import default_registry
from segstudio.models.versions import ModelRef, ModelVersion, VersionStore, resolve_model
from segstudio.models.weights_home import WeightsHome
from segstudio.ui.desk import Desk
from segstudio.ui.words import translate

DEFAULT_MODEL = "mff-light"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One line of the model list: `id` is what `set_model` takes; `plugin` names where it comes from."""

    id: str
    title: str
    group: str
    is_trained: bool
    version: ModelVersion | None = None
    plugin: str | None = None


class ModelControl:
    """Keeps `ref` and `text` (what was asked for, "gray:" included) in step with the project."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.text = DEFAULT_MODEL
        self.ref: ModelRef | None = None

    def begin(self) -> None:
        """A project was opened: use its model; the default one where that is gone."""
        project = self._desk.project
        wanted = (project.active_version_id if project else None) or DEFAULT_MODEL
        try:
            self._use(wanted)
        except ModelError as error:
            self._desk.notice.emit("warning", str(error))
            self._use(DEFAULT_MODEL)

    def set_model(self, text: str) -> None:
        """Use a card or version from now on; raises ModelError where there is none."""
        self._use(text)
        if self._desk.project is not None:
            self._desk.project.set_active_model(text)
        self.check_bands()

    def use_gray(self) -> None:
        """Put the gray adapter in front of the model in use."""
        self.set_model(GRAY_PREFIX + self.text.removeprefix(GRAY_PREFIX))

    def check_bands(self) -> None:
        """Offer the gray adapter where the model cannot take the bands of the open image."""
        document = self._desk.document
        if document is None or self.ref is None or self._fits():
            return
        count = document.info.band_count
        if self.ref.card.is_function:
            sentence = translate(
                "ModelControl", "{title} calculates with bands that this image does not have."
            )
            self._desk.notice.emit("warning", sentence.format(title=self.ref.card.title))
            return
        sentence = translate("ModelControl", "{title} looks at three bands, this image has {count}.")
        self._desk.offer.emit(
            sentence.format(title=self.ref.card.title, count=count),
            translate("ModelControl", "Use the gray adapter"),
            self.use_gray,
        )

    def cards(self) -> list[ModelEntry]:
        """The cards that can be chosen, in the registry's order."""
        return [_entry(card) for card in default_registry().cards()]

    def versions(self) -> list[ModelVersion]:
        """What was fine-tuned in this project, oldest first."""
        return self._desk.project.versions.all() if self._desk.project else []

    def fetched(self) -> list[ModelVersion]:
        """Models that were fetched or imported, for every project, oldest first."""
        return VersionStore(WeightsHome.of_this_person().versions).all()

    def _use(self, text: str) -> None:
        store = self._desk.project.versions if self._desk.project else None
        self.ref = resolve_model(text, store)
        self.text = text
        self._desk.model_changed.emit(self.ref)

    def _fits(self) -> bool:
        if self._desk.document is None or self.ref is None:
            return True
        try:
            bands_for(self.ref, self._desk.document.info, self.text)
        except ModelError:
            return False
        return True


def _entry(card: ModelCard) -> ModelEntry:
    plugin = card.folder.name if card.folder else None
    return ModelEntry(card.id, card.title, card.family, card.is_trained, plugin=plugin)
