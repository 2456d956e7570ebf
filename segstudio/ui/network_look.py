"""Asks what the network sees of the part on screen, and says when there is something to show."""

from PySide6.QtCore import QObject, Signal

from segstudio.jobs.network_view import NetworkView, NetworkViewRequest, network_view
from segstudio.raster.address import place
from segstudio.ui.desk import Desk
from segstudio.ui.job_control import JobControl
from segstudio.ui.model_control import ModelControl
from segstudio.ui.words import translate


class NetworkLook(QObject):
    """One job per look; the picture is made at the resolution of the view."""

    ready = Signal(object, str)  # NetworkView, the model's title

    def __init__(self, desk: Desk, models: ModelControl, jobs: JobControl) -> None:
        super().__init__(desk)
        self._desk, self._models, self._jobs = desk, models, jobs
        desk.job_result.connect(self._take)

    def look(self) -> None:
        """See the part on screen through the adapter of the model in use."""
        document, ref = self._desk.document, self._models.ref
        if document is None or ref is None:
            return
        if not ref.card.has_adapter:
            sentence = translate(
                "NetworkLook", "{title} sees its bands as they are: only a gray adapter learns a mix of them."
            )
            self._desk.notice.emit("info", sentence.format(title=ref.card.title))
            return
        project = self._desk.project
        request = NetworkViewRequest(
            image=place(document.info.path),
            model=self._models.text,
            versions_folder=project.versions.folder if project else None,
            window=self._desk.view,
        )
        title = translate("NetworkLook", "Looking through the adapter")
        self._jobs.start("network_view", title, lambda: network_view(request))

    def _take(self, step: object) -> None:
        if isinstance(step, NetworkView) and self._models.ref is not None:
            self.ready.emit(step, self._models.ref.id)
