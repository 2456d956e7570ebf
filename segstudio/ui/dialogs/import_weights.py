"""A local file of weights onto the model in use, and in plain words what of it fitted."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.jobs.steps import WeightsFit, WeightsKept
from segstudio.ui import settings
from segstudio.ui.desk import JobState
from segstudio.ui.panels.parts import Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session
from segstudio.ui.weights_control import WeightsControl
from segstudio.ui.words import translate

_WIDTH_PX = 620
_REPORT_PX = 190
_NAMED_AT_MOST = 8


class ImportWeightsDialog(QDialog):
    """Non-modal; reading the file is a job, in which nothing of the file runs."""

    def __init__(self, session: Session, weights: WeightsControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import weights"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._weights = weights
        self.file, self.classes = QLineEdit(), QLineEdit()
        self.report = QPlainTextEdit()
        self.start = primary_button(self.tr("Import"))
        self.shut = QPushButton(self.tr("Close"))
        self._lay_out()
        self._connect()
        self._enable()

    def _connect(self) -> None:
        self.file.textChanged.connect(self._enable)
        self.start.clicked.connect(self._import)
        self.shut.clicked.connect(self.close)
        self._session.job_changed.connect(self._enable)
        self._session.model_changed.connect(self._enable)
        self._weights.fitted.connect(self._say_fit)
        self._weights.kept.connect(self._say_kept)
        self._weights.failed.connect(lambda error: self._say(str(error)))

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        self.model = heading("")
        panel.column.addWidget(self.model)
        note = self.tr("The file must be made for this network; another one is chosen in the model panel.")
        panel.column.addWidget(dim_label(note, wrap=True))
        panel.column.addWidget(heading(self.tr("File of weights")))
        weights = self.tr("Weights (*.safetensors *.pth *.pt *.ckpt *.bin)")
        panel.column.addLayout(self._row(self.file, weights))
        panel.column.addWidget(heading(self.tr("Names of its classes")))
        self.classes.setPlaceholderText(self.tr("a list in JSON; without one they are numbered"))
        panel.column.addLayout(self._row(self.classes, self.tr("Class lists (*.json)")))
        panel.column.addWidget(heading(self.tr("What fitted")))
        self.report.setReadOnly(True)
        self.report.setMinimumHeight(_REPORT_PX)
        self.report.setAccessibleName(self.tr("What fitted"))
        panel.column.addWidget(self.report, 1)
        panel.column.addLayout(button_row(self.shut, self.start))
        self.setMinimumWidth(_WIDTH_PX)

    def _row(self, field: QLineEdit, names: str) -> QHBoxLayout:
        choose = QPushButton(self.tr("Choose…"))
        choose.clicked.connect(lambda: self._ask(field, names))
        row = QHBoxLayout()
        row.addWidget(field, 1)
        row.addWidget(choose)
        return row

    def _ask(self, field: QLineEdit, names: str) -> None:
        dialog = QFileDialog(self, self.windowTitle(), settings.text("weights-folder", ""))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([names, self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._chosen(field, path))
        dialog.open()

    def _chosen(self, field: QLineEdit, path: str) -> None:
        settings.remember("weights-folder", str(Path(path).parent))
        field.setText(path)

    def _import(self) -> None:
        self.report.clear()
        classes = self.classes.text().strip()
        self._weights.import_file(Path(self.file.text().strip()), Path(classes) if classes else None)

    def _enable(self, _: JobState | object = None) -> None:
        ref = self._session.models.ref
        self.model.setText(self.tr("For {title}").format(title=ref.card.title if ref else ""))
        self.start.setEnabled(
            bool(self.file.text().strip()) and ref is not None and self._session.job is None
        )

    def _say_fit(self, fit: WeightsFit) -> None:
        for line in fit_words(fit):
            self._say(line)

    def _say_kept(self, kept: WeightsKept) -> None:
        if kept.kind == "model":
            self._say(self.tr("It is a model now: {name}.").format(name=kept.name))
        else:
            self._say(self.tr("Only its encoder fitted: it is kept as a start for fine-tuning."))

    def _say(self, line: str) -> None:
        self.report.appendPlainText(line)


def fit_words(fit: WeightsFit) -> list[str]:
    """The report in plain words, a line each."""
    wanted = len(fit.fitted) + len(fit.missing) + len(fit.reshaped)
    words = translate(
        "ImportWeightsDialog", "{count} of the {wanted} parts the network needs are in the file."
    )
    lines = [words.format(count=len(fit.fitted), wanted=wanted)]
    if fit.unwrapped:
        words = translate("ImportWeightsDialog", "They lay inside a checkpoint, under {keys}.")
        lines.append(words.format(keys=" > ".join(fit.unwrapped)))
    if fit.prefix:
        words = translate("ImportWeightsDialog", "“{prefix}” was taken off their names.")
        lines.append(words.format(prefix=fit.prefix))
    if fit.missing:
        words = translate("ImportWeightsDialog", "Missing in the file: {names}.")
        lines.append(words.format(names=_some(fit.missing)))
    if fit.reshaped:
        words = translate("ImportWeightsDialog", "Of another size than the network needs: {names}.")
        lines.append(words.format(names=_some([_sizes(*each) for each in fit.reshaped])))
    if fit.unexpected:
        words = translate("ImportWeightsDialog", "In the file and not needed: {names}.")
        lines.append(words.format(names=_some(fit.unexpected)))
    return lines


def _some(names: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(names[:_NAMED_AT_MOST])
    left = len(names) - _NAMED_AT_MOST
    if left <= 0:
        return shown
    return translate("ImportWeightsDialog", "{names} and {count} more").format(names=shown, count=left)


def _sizes(name: str, given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    return f"{name} ({'×'.join(map(str, given))} ≠ {'×'.join(map(str, wanted))})"
