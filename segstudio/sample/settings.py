"""What one scene is: its size, place, camera and kind of numbers."""

from dataclasses import dataclass

from segstudio.errors import SegstudioError
from segstudio.raster.window import Window
from segstudio.sample.sensor import Sensor, sensor_named
from segstudio.sample.styles import STYLES


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """Which scene: `size` in pixels (one number, or rows and columns), place by `seed`, camera by `sensor`.

    `style` picks the kind of place, which otherwise follows from the seed.

    Raises:
        SegstudioError: for sizes, bands, dtypes, styles or sensors there are not.
    """

    size: int | tuple[int, int] = 4096
    seed: int = 0
    bands: int = 3
    dtype: str = "uint8"
    sensor: Sensor | str = "clear"
    gsd_m: float = 0.5
    style: str | None = None

    def __post_init__(self) -> None:
        if min(self.height, self.width) < 1:
            raise SegstudioError(
                f"a scene of {self.width} x {self.height} pixels has none: choose a size of 1 or more"
            )
        if self.bands not in (1, 3):
            raise SegstudioError(f"scenes have 1 or 3 bands, not {self.bands}")
        if self.dtype not in ("uint8", "uint16"):
            raise SegstudioError(f"scenes are uint8 or uint16, not {self.dtype}")
        if not 0.1 <= self.gsd_m <= 4:
            raise SegstudioError(f"a pixel of {self.gsd_m} m is out of range: choose 0.1 to 4 m")
        if self.style is not None and self.style not in STYLES:
            raise SegstudioError(
                f"no place style is called '{self.style}': choose one of {', '.join(STYLES)}"
            )
        sensor_named(self.sensor)

    @property
    def height(self) -> int:
        """Rows."""
        return self.size if isinstance(self.size, int) else self.size[0]

    @property
    def width(self) -> int:
        """Columns."""
        return self.size if isinstance(self.size, int) else self.size[1]

    @property
    def extent(self) -> Window:
        """The whole scene."""
        return Window(0, 0, self.width, self.height)
