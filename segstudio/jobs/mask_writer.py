"""Predictions on their way to disk, strip by strip; a file gets its name when it is complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from segstudio.errors import RasterError
from segstudio.jobs.steps import StripReady
from segstudio.mask.classes import UNLABELLED
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window
from segstudio.raster.write import TILE_PX, GeotiffWriter, create_geotiff, write_indexed_png

Rgb = tuple[int, int, int]
Colours = Mapping[int, Rgb]

_GEOTIFF, _PNG = (".tif", ".tiff"), (".png",)
_GRAYS = {value: (value, value, value) for value in range(256)}


@dataclass(frozen=True, slots=True)
class PredictionPaths:
    """Where a prediction goes; the ending says how: .tif for GeoTIFF, .png for indexed PNG."""

    mask: Path
    doubt: Path | None = None
    depth: Path | None = None

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file that is asked for."""
        return tuple(path for path in (self.mask, self.doubt, self.depth) if path is not None)

    @property
    def partial(self) -> Path:
        """Where strips are kept until the mask is complete."""
        return self.mask.with_name(f"{self.mask.name}.partial")

    def judge(self, info: RasterInfo) -> None:
        """Refuse before the work begins.

        Raises:
            RasterError: an ending we do not write, a folder that is not there, or the image itself.
        """
        for path in self.all:
            judge_path(path, info)
        if self.depth is not None and self.depth.suffix.lower() in _PNG:
            raise RasterError(f"{self.depth.name}: depth is written as GeoTIFF only, name it .tif")
        if len({path.absolute() for path in self.all}) < len(self.all):
            raise RasterError("mask, doubt and depth need names of their own")


class Sink(Protocol):
    """A plane of one image on its way to disk."""

    def add(self, window: Window, pixels: npt.NDArray[Any]) -> None:
        """Take the pixels of a window; below those given before, within the same columns, is fastest."""

    def complete(self) -> None:
        """Finish the file and give it its name."""

    def discard(self) -> None:
        """Give up; nothing stays behind."""


class PredictionFiles:
    """The files of one prediction; leaving the block without `complete()` removes them."""

    def __init__(self, info: RasterInfo, paths: PredictionPaths, colours: Colours) -> None:
        paths.judge(info)
        self.warnings = _warnings(info, paths)
        self._sinks: list[Sink] = []
        try:
            self._mask = self._open(open_mask(paths.mask, info, colours))
            self._doubt = self._open(open_plane(paths.doubt, info)) if paths.doubt else None
            self._depth = self._open(_open_depth(paths.depth, info)) if paths.depth else None
        except BaseException:
            self._discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def write(self, strip: StripReady) -> None:
        """Write one strip to every file.

        Raises:
            RasterError: the disk is full or gone.
        """
        self._mask.add(strip.window, strip.class_ids)
        if self._doubt is not None:
            self._doubt.add(strip.window, strip.doubt)
        if self._depth is not None and strip.depth is not None:
            self._depth.add(strip.window, strip.depth.astype(np.float32))

    def complete(self) -> None:
        """Finish every file."""
        for sink in self._sinks:
            sink.complete()

    def _open(self, sink: Sink) -> Sink:
        self._sinks.append(sink)
        return sink

    def _discard(self) -> None:
        for sink in self._sinks:
            sink.discard()


def open_mask(path: Path, info: RasterInfo, colours: Colours) -> Sink:
    """A mask of class ids, 255 = nothing said, with a colour table."""
    if path.suffix.lower() in _PNG:
        return PngSink(path, info, colours, fill=UNLABELLED, transparent=UNLABELLED)
    return GeotiffSink(
        create_geotiff(path, info_like=info, dtype=np.uint8, nodata=UNLABELLED, colours=colours)
    )


def open_plane(path: Path, info: RasterInfo, colours: Colours | None = None) -> Sink:
    """A plane of bytes where every value says something, in colours or shades of gray."""
    if path.suffix.lower() in _PNG:
        return PngSink(path, info, colours or _GRAYS, fill=0)
    return GeotiffSink(create_geotiff(path, info_like=info, dtype=np.uint8, colours=colours))


def _open_depth(path: Path, info: RasterInfo) -> Sink:
    # float32: GDAL knows half floats only in its newest versions
    return GeotiffSink(create_geotiff(path, info_like=info, dtype=np.float32, nodata=float("nan")))


class GeotiffSink:
    """Collects strips until they fill whole rows of tiles, so that no tile is packed twice."""

    def __init__(self, writer: GeotiffWriter) -> None:
        self._writer = writer
        self._waiting: list[npt.NDArray[Any]] = []
        self._place = Window(0, 0, 0, 0)

    def add(self, window: Window, pixels: npt.NDArray[Any]) -> None:
        """See `Sink.add`."""
        if not self._continues(window):
            self._flush()
            self._place = Window(window.col_off, window.row_off, window.width, 0)
        self._waiting.append(pixels)
        self._place = self._place.union(window)
        self._write_above(self._place.row_end // TILE_PX * TILE_PX)

    def complete(self) -> None:
        """See `Sink.complete`."""
        self._flush()
        self._writer.close()

    def discard(self) -> None:
        """See `Sink.discard`; does nothing to a complete file."""
        self._writer.discard()

    def _continues(self, window: Window) -> bool:
        place = self._place
        same_columns = (window.col_off, window.width) == (place.col_off, place.width)
        return same_columns and window.row_off == place.row_end

    def _flush(self) -> None:
        self._write_above(self._place.row_end)

    def _write_above(self, row: int) -> None:
        place = self._place
        count = row - place.row_off
        if count <= 0 or not self._waiting:
            return
        pixels = np.concatenate(self._waiting) if len(self._waiting) > 1 else self._waiting[0]
        self._writer.write(Window(place.col_off, place.row_off, place.width, count), pixels[:count])
        self._waiting = [pixels[count:]] if len(pixels) > count else []
        self._place = Window.from_bounds(place.col_off, row, place.col_end, place.row_end)


class PngSink:
    """Keeps the whole plane, since a PNG is packed in one piece."""

    def __init__(
        self, path: Path, info: RasterInfo, colours: Colours, *, fill: int, transparent: int | None = None
    ) -> None:
        self._path = path
        self._extent = info.extent
        self._plane = np.full(info.extent.shape, fill, np.uint8)
        self._palette = np.zeros((256, 3), np.uint8)
        for value, colour in colours.items():
            self._palette[value] = colour
        self._transparent = transparent

    def add(self, window: Window, pixels: npt.NDArray[Any]) -> None:
        """See `Sink.add`."""
        self._plane[window.slices_in(self._extent)] = pixels

    def complete(self) -> None:
        """See `Sink.complete`."""
        write_indexed_png(self._path, self._plane, self._palette, transparent=self._transparent)

    def discard(self) -> None:
        """See `Sink.discard`: nothing was written yet."""


def judge_path(path: Path, info: RasterInfo) -> None:
    """Refuse a name that cannot be written for this image, before the work; RasterError says why."""
    if path.suffix.lower() not in (*_GEOTIFF, *_PNG):
        raise RasterError(f"{path.name} has an ending that is not written: name it .tif or .png")
    if not path.absolute().parent.is_dir():
        raise RasterError(f"the folder {path.absolute().parent} is not there: make it first")
    if path.exists() and Path(info.path).exists() and path.samefile(info.path):
        raise RasterError(f"{path.name} is the image itself: choose another name")


def _warnings(info: RasterInfo, paths: PredictionPaths) -> tuple[str, ...]:
    pngs = [path.name for path in paths.all if path.suffix.lower() in _PNG]
    if pngs and info.transform is not None:
        return (f"PNG keeps no georeference: name {' and '.join(pngs)} .tif to keep it",)
    return ()
