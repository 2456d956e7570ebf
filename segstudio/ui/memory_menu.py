"""The menu in which a person says how much memory images may take."""

from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.ui.words import file_size


class MemoryMenu(QMenu):
    """Offers shares of this machine's memory; what is chosen is remembered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Memory for images"))
        self.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        """Counted when it is opened: the window is painted before anything is measured."""
        from segstudio.ui.memory_budget import PERCENTS, choose_memory_percent, memory_budget, memory_percent

        self.clear()
        chosen = memory_percent()
        for percent in sorted({*PERCENTS, chosen}):
            size = file_size(memory_budget(percent).total_bytes)
            text = self.tr("{percent} % of this machine’s memory ({size})")
            action = self.addAction(text.format(percent=percent, size=size))
            action.setToolTip(self.tr("For tiles, masks and decoded blocks; from the next image on"))
            action.setCheckable(True)
            action.setChecked(percent == chosen)
            action.triggered.connect(partial(choose_memory_percent, percent))
            self._group.addAction(action)
