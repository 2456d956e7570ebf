"""A prediction of the open image: what is asked for, what it will take, and how far it is."""

from dataclasses import dataclass, replace
from typing import Self

from segstudio.jobs.estimate import Estimate, estimate
from segstudio.jobs.plan import PredictionPlan
from segstudio.jobs.predict import PredictRequest
from segstudio.project.document import Document
from segstudio.raster.address import place
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.model_control import ModelControl


@dataclass(frozen=True, slots=True)
class PredictionRun:
    """One request over one document; its plan is what the ledger knows it by."""

    document: Document
    request: PredictRequest
    plan: PredictionPlan

    @classmethod
    def of(
        cls, desk: Desk, models: ModelControl, window: Window | None, *, device: str, patch: int | None
    ) -> Self | None:
        """A run of the model in use over a window of the open image (None = all of it); None without either.

        Raises:
            ModelError: The model has no weights or does not fit the image.
            RasterError: The window misses the image.
        """
        document, project = desk.document, desk.project
        if document is None or project is None or models.ref is None:
            return None
        request = PredictRequest(
            image=place(document.info.path),
            model=models.text,
            versions_folder=project.versions.folder,
            image_id=document.image_id,
            window=None if window == desk.extent else window,
            class_ids={entry.name: entry.id for entry in project.classes},
            device=device,
            patch=patch,
        )
        return cls(document, request, request.plan(document.info, document.content))

    @property
    def finished(self) -> frozenset[Window]:
        """The strips that are in the document."""
        return frozenset(self.document.finished_strips(self.plan.key))

    @property
    def share_done(self) -> float:
        """How much of the work need not be done again, 0..1."""
        return self.plan.share_done(self.finished)

    @property
    def cost(self) -> Estimate:
        """What is left to do, and what that will take."""
        return estimate(self.request, self.document.info, self.plan, self.finished)

    @property
    def rest(self) -> PredictRequest:
        """The request for what is not finished."""
        return replace(self.request, finished=self.finished)

    def forget(self) -> None:
        """Take it out of the ledger: it is complete, or to begin anew."""
        self.document.forget_plan(self.plan.key)
