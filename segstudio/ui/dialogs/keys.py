"""The list of keys, made from the action table."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from segstudio.ui.action_table import ACTIONS, CANVAS_KEYS, GROUPS
from segstudio.ui.actions import shown_key
from segstudio.ui.panels.parts import Panel, dim_label, heading
from segstudio.ui.words import translate

# Which groups stand in which column: about equally long.
_COLUMNS = (("file", "edit", "help"), ("tools", "canvas", "classes"), ("view", "model"))


class KeysDialog(QDialog):
    """Non-modal: it can stay open beside the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        outer.addWidget(panel)
        row = QHBoxLayout()
        row.setSpacing(40)
        panel.column.setContentsMargins(24, 16, 24, 24)
        panel.column.addLayout(row)
        for groups in _COLUMNS:
            row.addLayout(self._column(groups))

    def _column(self, groups: tuple[str, ...]) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for group in groups:
            title = self.tr("On the image") if group == "canvas" else translate("actions", GROUPS[group])
            if grid.rowCount() > 1:
                grid.setRowMinimumHeight(grid.rowCount(), 12)
            grid.addWidget(heading(title), grid.rowCount(), 0, 1, 2)
            _add_rows(grid, _rows(group))
        column = QVBoxLayout()
        column.addLayout(grid)
        column.addStretch(1)
        return column


def _rows(group: str) -> list[tuple[str, str]]:
    """Keys and what they do; the nine number keys are one row."""
    if group == "canvas":
        return [(key, translate("actions", text)) for key, text in CANVAS_KEYS]
    specs = [
        spec for spec in ACTIONS if spec.group == group and spec.key and not spec.id.startswith("class-")
    ]
    rows = [(shown_key(spec.key), translate("actions", spec.text).rstrip("…")) for spec in specs]
    if group == "classes":
        rows.insert(0, ("1 – 9", translate("KeysDialog", "Take a class")))
    return rows


def _add_rows(grid: QGridLayout, rows: list[tuple[str, str]]) -> None:
    for key, text in rows:
        cap = QLabel(key)
        cap.setProperty("cap", True)
        row = grid.rowCount()
        grid.addWidget(cap, row, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(dim_label(text), row, 1)
