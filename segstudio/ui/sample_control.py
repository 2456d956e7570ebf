"""Opens the sample project; makes it first, as a job with progress, where it is not there yet."""

from PySide6.QtCore import QObject

from segstudio.ui.session import Session


class SampleControl(QObject):
    """The sample opens when its job is done, not before."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.job_done.connect(self._made)

    def open(self) -> None:
        """Open the sample, now or as soon as it is made."""
        from segstudio.ui import sample_project  # brings thirty modules that draw: not at every start

        if sample_project.sample_is_there():
            self._session.open_project(sample_project.sample_folder())
            return
        title = self.tr("Making the sample")
        self._session.jobs.start("sample", title, sample_project.make_sample, needs_torch=False)

    def _made(self, verb: str) -> None:
        if verb == "sample":
            self.open()
