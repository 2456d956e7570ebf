"""The camera above: haze, optics, noise, bands and bits between the light of a place and a file's numbers."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.errors import SegstudioError
from segstudio.sample.hashing import array_chance, chance
from segstudio.sample.light import Sun

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sensor:
    """One camera on one day."""

    name: str = "clear"
    azimuth_deg: float = 142.0
    elevation_deg: float = 52.0
    season: str = "summer"  # spring, summer, autumn, winter: colours of what grows
    haze: float = 0.04  # share of light that never touched the ground
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)  # gain per band
    gain: float = 1.0
    contrast: float = 1.0
    saturation: float = 0.84
    lean: tuple[float, float] = (0.0, 0.0)  # metres east and south that a metre of height moves
    blur_px: float = 0.55  # sigma of the point spread
    sharpen: float = 0.25  # halo of ground processing
    noise: float = 0.009  # at mid grey
    shade: float = 0.24  # light left in shadow
    bits: int = 11  # of uint16 products

    @property
    def sun(self) -> Sun:
        """The sun at the time of the picture."""
        return Sun(self.azimuth_deg, self.elevation_deg)


_CLEAR = Sensor()
SENSORS: dict[str, Sensor] = {
    s.name: s
    for s in (
        _CLEAR,
        replace(
            _CLEAR, name="hazy", haze=0.2, contrast=0.9, saturation=0.65, cast=(0.97, 1.0, 1.06),
            noise=0.016, bits=12,
        ),
        replace(_CLEAR, name="warm", cast=(1.08, 1.0, 0.88), azimuth_deg=212, elevation_deg=38, gain=0.95),
        replace(_CLEAR, name="cool", cast=(0.9, 1.0, 1.1), saturation=0.7, azimuth_deg=160, elevation_deg=44),
        replace(
            _CLEAR, name="contrasty", gain=1.0, contrast=1.35, saturation=0.6,
            haze=0.0, shade=0.12, blur_px=0.6, sharpen=0.9,
            noise=0.018, cast=(0.99, 0.97, 1.05), lean=(-0.1, -0.07),
        ),
        replace(_CLEAR, name="soft", blur_px=1.15, sharpen=0.0, contrast=0.92, noise=0.008),
        replace(
            _CLEAR, name="winter", season="winter", azimuth_deg=165, elevation_deg=31, saturation=0.7,
            shade=0.3,
        ),
        replace(
            _CLEAR, name="autumn", season="autumn", azimuth_deg=198, elevation_deg=36,
            cast=(1.03, 1.0, 0.95),
        ),
        replace(_CLEAR, name="noisy", noise=0.05, blur_px=0.8, gain=0.85, bits=12, sharpen=0.5),
        replace(_CLEAR, name="dark", gain=0.55, contrast=1.15, elevation_deg=34, shade=0.18),
    )
}  # fmt: skip
"""The sensors that can be named."""


def sensor_named(sensor: "Sensor | str") -> Sensor:
    """The sensor meant; a name may also be `random:<number>`, a camera and a day drawn from that number.

    Raises:
        SegstudioError: no sensor has this name.
    """
    if isinstance(sensor, Sensor):
        return sensor
    if sensor.startswith("random:") and sensor[7:].isdecimal():
        return random_sensor(int(sensor[7:]))
    if sensor not in SENSORS:
        raise SegstudioError(
            f"no sensor is called '{sensor}': choose one of {', '.join(SENSORS)} or random:<number>"
        )
    return SENSORS[sensor]


def random_sensor(number: int) -> Sensor:
    """A plausible camera and day, the same for the same number."""
    rng = chance(number, 909)
    tint = rng.gauss(0, 0.05)
    return Sensor(
        name=f"random:{number}",
        azimuth_deg=rng.uniform(95, 265),
        elevation_deg=rng.uniform(30, 66),
        season=rng.choice(("spring", "summer", "summer", "autumn", "winter")),
        haze=max(0.0, rng.gauss(0.05, 0.06)),
        cast=(1 + tint, 1 + rng.gauss(0, 0.02), 1 - tint + rng.gauss(0, 0.03)),
        gain=rng.uniform(0.65, 1.3),
        contrast=rng.uniform(0.85, 1.6),
        saturation=rng.uniform(0.25, 1.05),
        lean=rng.choice(((0.0, 0.0), (rng.gauss(0, 0.1), rng.gauss(0, 0.1)))),
        blur_px=rng.uniform(0.4, 1.1),
        sharpen=rng.choice((0.0, rng.uniform(0, 1.0))),
        noise=rng.uniform(0.004, 0.04),
        shade=rng.uniform(0.1, 0.32),
        bits=rng.choice((11, 12)),
    )


def expose(light: Pixels, sensor: Sensor, key: int) -> Pixels:
    """What the detector measures: haze, colour cast, point spread, halo and noise; linear, (h, w, 3).

    `light` is linear, 1 = a white surface in full sun.
    """
    grey = light @ np.array([0.3, 0.55, 0.15], np.float32)
    out = grey[..., None] + (light - grey[..., None]) * np.float32(sensor.saturation)
    path = np.array([0.85, 0.98, 1.15], np.float32) * np.float32(0.55 * sensor.haze)
    gains = np.array(sensor.cast, np.float32) * np.float32(sensor.gain)
    out = (out * np.float32(1 - sensor.haze) + path) * gains
    out = cv2.GaussianBlur(out, (0, 0), sensor.blur_px)
    if sensor.sharpen > 0:
        wide = cv2.GaussianBlur(out, (0, 0), sensor.blur_px * 1.8)
        out = out + (out - wide) * np.float32(sensor.sharpen)
    np.maximum(out, 0, out=out)
    rng = array_chance(key, 71)
    spread = np.sqrt(out * np.float32(0.8) + np.float32(0.05)) * np.float32(sensor.noise)
    out += rng.standard_normal(out.shape, dtype=np.float32) * spread
    return np.asarray(np.maximum(out, 0, out=out))


def panchromatic(measured: Pixels, key: int) -> Pixels:
    """One broad band: its own weights, more of red than the eye has."""
    grey = measured @ np.array([0.42, 0.38, 0.20], np.float32)
    return np.asarray(grey[..., None])


def to_bytes(measured: Pixels, sensor: Sensor) -> NDArray[np.uint8]:
    """Display-ready 8 bits: gamma and contrast."""
    tone = np.sqrt(measured)
    if sensor.contrast != 1:
        tone = (tone - np.float32(0.5)) * np.float32(sensor.contrast) + np.float32(0.5)
    return np.asarray(np.clip(tone * 255 + np.float32(0.5), 0, 255), dtype=np.uint8)


def to_counts(measured: Pixels, sensor: Sensor) -> NDArray[np.uint16]:
    """Raw counts of an 11 or 12 bit detector: linear with an offset, as delivered in uint16."""
    top = (1 << sensor.bits) - 1
    counts = measured * np.float32(top * 0.62) + np.float32(top * 0.03)
    return np.asarray(np.clip(counts + np.float32(0.5), 1, top), dtype=np.uint16)
