"""How a stroke follows the hand: what pressure does to its size, and how much jitter is taken out."""

from dataclasses import dataclass

from PySide6.QtGui import QInputDevice

from segstudio.ui import settings

_KEY = "pen/"


@dataclass(frozen=True, slots=True)
class PenSettings:
    """Both in percent, 0 = off.

    Attributes:
        pressure: What the lightest touch takes off the brush; at 80 it paints a fifth of the size.
        smoothing: How calm the line is made; see `steady_hand`.
        has_pen: Whether a pen was ever heard here; without one nobody needs to be asked about pressure.
    """

    pressure: int = 60
    smoothing: int = 0
    has_pen: bool = False

    def share(self, pressure: float | None) -> float:
        """The share of the brush's size at a pressure 0..1; all of it for what knows no pressure."""
        if pressure is None:
            return 1.0
        return 1 - self.pressure / 100 * (1 - min(max(pressure, 0.0), 1.0))


def remembered_pen() -> PenSettings:
    """The settings of the last time."""
    plain = PenSettings()
    return PenSettings(
        pressure=_percent("pressure", plain.pressure),
        smoothing=_percent("smoothing", plain.smoothing),
        has_pen=bool(settings.number(_KEY + "seen", 0)) or _has_stylus(),
    )


def remember_pen(pen: PenSettings) -> None:
    """Keep the settings for the next time."""
    settings.remember(_KEY + "pressure", pen.pressure)
    settings.remember(_KEY + "smoothing", pen.smoothing)
    settings.remember(_KEY + "seen", int(pen.has_pen))


def _percent(name: str, default: int) -> int:
    return round(min(max(settings.number(_KEY + name, default), 0), 100))


def _has_stylus() -> bool:
    return any(device.type() == QInputDevice.DeviceType.Stylus for device in QInputDevice.devices())
