"""Our own line icons: one SVG each, drawn in black and painted in the theme's colours."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from segstudio.shipped import resources

_SIZES_PX = (16, 20, 32, 40)


def icon(name: str, colour: str, disabled: str, checked: str | None = None) -> QIcon:
    """The icon in a colour, greyed where disabled, in a third colour where switched on."""
    made = QIcon()
    for size in _SIZES_PX:
        made.addPixmap(pixmap(name, colour, size), QIcon.Mode.Normal, QIcon.State.Off)
        made.addPixmap(pixmap(name, checked or colour, size), QIcon.Mode.Normal, QIcon.State.On)
        made.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled, QIcon.State.Off)
        made.addPixmap(pixmap(name, disabled, size), QIcon.Mode.Disabled, QIcon.State.On)
    return made


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size_px: int) -> QPixmap:
    """One icon as a square pixmap of so many device pixels."""
    drawn = QPixmap(size_px, size_px)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    _drawing(name, colour).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return drawn


def draw_icon(painter: QPainter, name: str, colour: str, rect: QRectF) -> None:
    """Paint an icon inside a rectangle, sharp on any screen."""
    ratio = painter.device().devicePixelRatioF()
    drawn = pixmap(name, colour, max(1, round(rect.width() * ratio)))
    painter.drawPixmap(rect, drawn, QRectF(drawn.rect()))


def arrow_files(theme_name: str) -> dict[str, str]:
    """Style sheet tokens for the small arrows that a style sheet can only take from files."""
    folder = (resources() / "icons").as_posix()
    arrows = {f"arrow_{way}": f"{folder}/chevron-{way}-{theme_name}.svg" for way in ("up", "down", "right")}
    return arrows | {"check_mark": f"{folder}/check-mark.svg"}


@lru_cache(maxsize=128)
def _drawing(name: str, colour: str) -> QSvgRenderer:
    """Read once for all sizes."""
    return QSvgRenderer(QByteArray(_source(name).replace("#000", colour).encode()))


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
