"""Coarser copies of a large image that has none: kept in a folder of ours, never beside the image."""

import hashlib
import json
import math
import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

# A whole read of less than this takes well under a second: coarse views may be made from it each time.
WORTH_BYTES = 100_000_000
# Coarser than this no pane shows anything.
SMALLEST_PX = 256
# Views at 1:2 are made from full resolution: levels from 1:4 take 8 % of the image's room, from 1:2 33 %.
FINEST = 4
# Coarser levels are small enough to be made in one go when all units are there.
COARSEST_IN_UNIT = 64
# One unit is decoded in a fraction of a second.
UNIT_BYTES = 64_000_000
UNIT_PX = 4096
# Half a million pixels on a side; beyond, an image is a sparse plane whose claim nobody fills.
MAX_UNITS = 20_000

BLOCK_PX = 512

TODO, DONE, EMPTY = 0, 1, 2

_NOTE = "overviews.json"
_FORMAT = 1
_DIGESTED_BYTES = 1 << 16
_NOTE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class PyramidPlan:
    """What a pyramid holds: the raw bands of the file and, where it has a mask, one band more (0 and 1)."""

    width: int
    height: int
    band_count: int
    dtype: str
    fill: float  # of blocks that a sparse file leaves out
    factors: tuple[int, ...]  # decimation of each level, ascending
    unit_shape: tuple[int, int]  # rows and columns of full-resolution pixels that are finished together

    @property
    def unit_counts(self) -> tuple[int, int]:
        """Rows and columns of units."""
        return math.ceil(self.height / self.unit_shape[0]), math.ceil(self.width / self.unit_shape[1])

    @property
    def unit_factors(self) -> tuple[int, ...]:
        """The levels that are written unit by unit; the others are made from the coarsest of these."""
        return tuple(factor for factor in self.factors if factor <= max(COARSEST_IN_UNIT, self.factors[0]))

    def level_shape(self, factor: int) -> tuple[int, int]:
        """Rows and columns of a level."""
        return math.ceil(self.height / factor), math.ceil(self.width / factor)

    def unit_window(self, row: int, col: int) -> Window:
        """The full-resolution pixels of a unit."""
        rows, cols = self.unit_shape
        extent = Window(0, 0, self.width, self.height)
        return Window(col * cols, row * rows, cols, rows).intersection(extent)

    def size_bytes(self, share: float = 1.0) -> int:
        """What the levels take on disk if this share of the units holds anything."""
        pixels = sum(rows * cols for rows, cols in map(self.level_shape, self.factors))
        return round(share * pixels * self.band_count * np.dtype(self.dtype).itemsize)


class Pyramid:
    """The levels of one image and which of their units are finished; shared by builder and readers.

    A unit that counts as finished is in the files and never changes. `generation` grows before a unit counts,
    so that whoever sees the unit also sees that files opened before may hold old blocks in their cache.
    """

    def __init__(self, folder: Path, plan: PyramidPlan, image_digest: str) -> None:
        self.folder, self.plan, self.image_digest = folder, plan, image_digest
        self.states: NDArray[np.uint8] = np.zeros(plan.unit_counts, np.uint8)
        self.is_complete = False
        self.is_growing = False
        self.generation = 0

    @classmethod
    def find(cls, folder: Path, plan: PyramidPlan, path: Path) -> "Pyramid":
        """The pyramid kept in a folder as far as it was finished; blank if it belongs to another image."""
        pyramid = cls(folder, plan, image_digest(path))
        pyramid._recall()
        return pyramid

    @property
    def is_begun(self) -> bool:
        """Whether any unit is finished."""
        return self.is_complete or bool(self.states.any())

    @property
    def share_done(self) -> float:
        """Share of the units that are finished, 0..1."""
        return float(np.count_nonzero(self.states)) / self.states.size

    def level_path(self, factor: int) -> Path:
        """Where a level lies."""
        return self.folder / f"{factor}.tif"

    def covers(self, window: Window) -> bool:
        """Whether everything of a window is finished."""
        if self.is_complete:
            return True
        rows, cols = self.plan.unit_shape
        part = self.states[
            window.row_off // rows : math.ceil(window.row_end / rows),
            window.col_off // cols : math.ceil(window.col_end / cols),
        ]
        return bool(part.all())

    def factor_for(self, window: Window, step: float) -> int:
        """Coarsest finished level with at least a pixel for every `step` pixels of a window; 1 if none."""
        levels = self.plan.factors if self.is_complete else self.plan.unit_factors
        fitting = [factor for factor in levels if factor <= step]
        return max(fitting) if fitting and self.covers(window) else 1

    def finish_unit(self, row: int, col: int, state: int = DONE) -> None:
        """Let a unit count that is in the files."""
        self.generation += 1
        self.states[row, col] = state

    def complete(self) -> None:
        """Let the levels count that are made from all units."""
        self.generation += 1
        self.is_complete = True

    def give_up(self) -> None:
        """Forget what was finished, also for the next time: the files cannot be read any more."""
        self.is_complete = self.is_growing = False
        self.states[...] = TODO
        with suppress(OSError):
            self.forget_note()

    def keep(self) -> None:
        """Write down what is finished, after the levels have reached the disk: a note never claims too much.

        Raises:
            OSError: No room, or no right to write.
        """
        for factor in self.plan.factors:
            _sync(self.level_path(factor))
        note = {
            "facts": self._facts(),
            "is_complete": self.is_complete,
            "states": self.states.tobytes().hex(),
        }
        fresh = self.folder / f"{_NOTE}.new"
        fresh.write_text(json.dumps(note), encoding="utf-8")
        _sync(fresh)
        fresh.replace(self.folder / _NOTE)

    def settle(self) -> None:
        """Let what was written reach the disk bit by bit: all at once it would hold up the next stroke."""
        _sync(self.level_path(self.plan.factors[0]))

    def forget_note(self) -> None:
        """Let nothing on disk count while levels are written: a crash begins anew."""
        (self.folder / _NOTE).unlink(missing_ok=True)

    def _facts(self) -> str:
        """Whose pyramid it is, in words that can be compared."""
        return json.dumps({"format": _FORMAT, "image": self.image_digest, **asdict(self.plan)})

    def _recall(self) -> None:
        """Take over what the note says, if it is about this image and the levels are there."""
        try:
            with (self.folder / _NOTE).open("rb") as file:
                note = json.loads(file.read(_NOTE_BYTES))
            states = np.frombuffer(bytes.fromhex(note["states"]), np.uint8).reshape(self.states.shape)
            if note["facts"] != self._facts() or states.max() > EMPTY or not self._is_plain():
                return
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return  # none, or not ours
        self.states, self.is_complete = states.copy(), note["is_complete"] is True

    def _is_plain(self) -> bool:
        """Whether every level is a file of its own here: a link might lead to somebody's image."""
        places = [self.folder, *map(self.level_path, self.plan.factors)]
        return not any(place.is_symlink() for place in places) and all(
            place.is_file() for place in places[1:]
        )


def missing_factors(info: RasterInfo) -> tuple[int, ...]:
    """Decimations of the levels an image lacks for quick views; none where views are quick without."""
    if info.is_photo or info.uncompressed_bytes < WORTH_BYTES:
        return ()
    finest = 2 * max(info.overviews, default=1)
    side = max(info.width, info.height)
    powers = (FINEST << power for power in range(side.bit_length()))
    return tuple(factor for factor in powers if factor > finest and side // factor >= SMALLEST_PX)


def unit_shape(
    size: tuple[int, int], block: tuple[int, int], pixel_bytes: int, coarsest: int
) -> tuple[int, int]:
    """Rows and columns of a unit: whole blocks of the file, whole pixels of the levels up to `coarsest`.

    A file of strips is taken in bands of whole rows, one of tiles in squares.
    """
    is_striped = block[1] >= size[1]
    cols = _whole(size[1] if is_striped else max(UNIT_PX, block[1]), coarsest)
    affordable = min(UNIT_PX, UNIT_BYTES // (cols * pixel_bytes))
    step = math.lcm(block[0], coarsest)
    if step <= affordable:
        return affordable // step * step, cols
    return _whole(max(block[0], affordable), coarsest), cols


def image_digest(path: Path) -> str:
    """What tells an image from a changed one: size, time, and its beginning and end, where headers lie."""
    status = path.stat()
    digest = hashlib.blake2b(f"{status.st_size} {status.st_mtime_ns}".encode(), digest_size=16)
    with path.open("rb") as file:
        digest.update(file.read(_DIGESTED_BYTES))
        file.seek(max(0, status.st_size - _DIGESTED_BYTES))
        digest.update(file.read(_DIGESTED_BYTES))
    return digest.hexdigest()


def throw_away(folder: Path) -> None:
    """Delete a pyramid; what cannot be deleted stays."""
    if folder.is_symlink():
        folder.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _whole(length: int, step: int) -> int:
    return -(-length // step) * step


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
