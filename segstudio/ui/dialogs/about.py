"""What the program is, and on whose shoulders it stands."""

from importlib.metadata import PackageNotFoundError, version

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from segstudio.ui.icons import pixmap
from segstudio.ui.panels.parts import Facts, Panel, dim_label
from segstudio.ui.theme import current_theme

_LIBRARIES = (
    ("torch", "BSD-3-Clause"),
    ("torchvision", "BSD-3-Clause"),
    ("timm", "Apache-2.0"),
    ("segmentation-models-pytorch", "MIT"),
    ("safetensors", "Apache-2.0"),
    ("numpy", "BSD-3-Clause"),
    ("rasterio", "BSD-3-Clause"),
    ("opencv-python-headless", "Apache-2.0"),
    ("pillow", "MIT-CMU"),
    ("psutil", "BSD-3-Clause"),
)


class AboutDialog(QDialog):
    """Name, version, licence, and the libraries with theirs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About segstudio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        outer.addWidget(panel)
        panel.column.setContentsMargins(24, 20, 24, 24)
        panel.column.addLayout(self._head())
        panel.column.addWidget(
            dim_label(self.tr("Licence: Apache-2.0. Everything runs on your own machine."))
        )
        panel.column.addSpacing(8)
        facts = Facts()
        facts.show_facts([("Qt, PySide6", f"{PySide6.__version__} · LGPL-3.0"), *_facts()])
        panel.column.addWidget(facts)
        self.setMinimumWidth(420)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        sign = QLabel()
        sign.setPixmap(pixmap("logo", current_theme().accent, 40))
        title = QLabel(f"segstudio {_version('segstudio')}")
        title.setProperty("title", True)
        row.addWidget(sign)
        row.addWidget(title, 1)
        return row


def _facts() -> list[tuple[str, str]]:
    return [(name, f"{_version(name)} · {licence}") for name, licence in _LIBRARIES]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"
