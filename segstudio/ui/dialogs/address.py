"""Where an image lies on another machine: asked for, looked at, and said in place what is wrong with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segstudio.errors import SegstudioError
from segstudio.project.images import ImageFile
from segstudio.raster import named
from segstudio.raster.address import Address, is_address, parse_address
from segstudio.ui.panels.parts import Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session

_WIDTH_PX = 560
_LINES = 3
_BAR_PX = 4


class AddressDialog(QDialog):
    """Non-modal; with an image's id it asks where this image lies now. The window goes on while it waits."""

    file_asked = Signal()  # the image lies in a file now

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, image_id: int | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open address"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._image_id = image_id
        self._is_asking = False
        self.field = QLineEdit(_first_words(session, image_id))
        self.field.setPlaceholderText("https://example.org/scene.tif")
        self.field.setAccessibleName(self.tr("Address"))
        self.adds = QCheckBox(self.tr("Add to the open project"))
        self.adds.setVisible(session.project is not None and image_id is None)
        self.words = dim_label(wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(_BAR_PX)
        kept = self.bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(kept)
        self.start = primary_button(self.tr("Open"))
        self.shut = QPushButton(self.tr("Cancel"))
        self.file = QPushButton(self.tr("Choose a file…"))
        self.file.setVisible(image_id is not None)
        self._lay_out()
        self.field.textChanged.connect(self._rest)
        self.field.returnPressed.connect(self.ask)
        self.start.clicked.connect(self.ask)
        self.shut.clicked.connect(self.close)
        self.file.clicked.connect(self.close)
        self.file.clicked.connect(self.file_asked)
        session.addresses.ended.connect(self._ended)
        self._rest()
        self.field.selectAll()

    def ask(self) -> None:
        """Look at the address; the dialog closes when it is an image."""
        if not self.start.isEnabled():
            return
        try:
            address = parse_address(self.field.text())
        except SegstudioError as error:
            self._say_wrong(error)
            return
        named.name([address])
        self._session.addresses.look_at(address, self._come, self._say_wrong)
        self._say_asking(address)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102  # Qt's name
        self._rest()
        super().closeEvent(event)

    def _come(self, image: ImageFile) -> None:
        self.close()
        if self._image_id is not None:
            self._session.locate_image(self._image_id, image)
        elif self.adds.isChecked() and self._session.project is not None:
            self._session.add_looked_at(image)
        else:
            self._session.open_looked_at(image)

    def _ended(self) -> None:
        """The answer is here, or the window asks for something else."""
        if self._is_asking:
            self._show_asking(is_asking=False)
            self._rest()

    def _rest(self) -> None:
        """Nothing is being asked any longer."""
        if self._is_asking:
            self._session.addresses.give_up()
        self._show_asking(is_asking=False)
        self.start.setEnabled(is_address(self.field.text()))
        self._say(
            self.tr(
                "A cloud-optimised GeoTIFF at https://, http:// or s3://. Only what you look at is fetched. "
                "A password or signature in the address is used until the program ends and is not kept."
            )
        )

    def _say_asking(self, address: Address) -> None:
        self._show_asking(is_asking=True)
        self.start.setEnabled(False)
        self._say(self.tr("Asking {host}…").format(host=address.host))

    def _say_wrong(self, error: SegstudioError) -> None:
        self._rest()
        self._say(str(error), aloud=True)

    def _say(self, sentence: str, *, aloud: bool = False) -> None:
        self.words.setText(sentence)
        self.words.setProperty("dim", not aloud)
        self.words.style().polish(self.words)

    def _show_asking(self, *, is_asking: bool) -> None:
        self._is_asking = is_asking
        self.bar.setVisible(is_asking)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        title = (
            self.tr("Address of the image") if self._image_id is None else self.tr("Where is the image now?")
        )
        panel.column.addWidget(heading(title))
        panel.column.addWidget(self.field)
        panel.column.addWidget(self.bar)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setMinimumHeight(_LINES * self.words.fontMetrics().lineSpacing())
        panel.column.addWidget(self.words)
        panel.column.addWidget(self.adds)
        panel.column.addSpacing(4)
        panel.column.addLayout(button_row(self.shut, self.file, self.start))
        self.setMinimumWidth(_WIDTH_PX)


def _first_words(session: Session, image_id: int | None) -> str:
    """Where the image was, else what was copied if it is an address."""
    if image_id is not None and session.project is not None:
        return next((str(entry.path) for entry in session.project.images if entry.id == image_id), "")
    copied = QGuiApplication.clipboard().text().strip()
    return copied if is_address(copied) else ""
