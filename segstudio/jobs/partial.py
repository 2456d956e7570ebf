"""Strips of a prediction on their way to a file, kept beside it until all are there: a ledger and its chunks.

`mask.tif.partial` holds one record per finished strip. A record is whole or it is the torn end of a run that
was killed, which is cut off; so a strip is in the ledger exactly if its pixels are. A GeoTIFF in the making
would not do: it can be opened only once its directory was written, at the end.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from segstudio.errors import RasterError
from segstudio.jobs.mask_writer import PredictionFiles, PredictionPaths
from segstudio.jobs.plan import PredictionPlan
from segstudio.jobs.steps import Notice, Progress, StripReady
from segstudio.mask.packing import pack, unpack
from segstudio.mask.plane import Array
from segstudio.raster.window import Window

_FORMAT = 1
_HEAD = struct.Struct("<4s4I3II")  # mark, window, bytes of class ids, doubt and depth, CRC-32 of them all
_MARK = b"STRP"
_LONGEST_HEADER = 4096


class PartialStrips:
    """The strips that were finished by a plan; a file of another plan is begun anew.

    Two programs that write at once only write twice.
    """

    def __init__(self, path: Path, plan: str, *, fresh: bool = False) -> None:
        self.path = path
        self.finished: set[Window] = set()
        self._header = json.dumps({"format": _FORMAT, "plan": plan}).encode() + b"\n"
        with _said(path):
            self._file = self._opened(fresh=fresh)

    def strips(self) -> Iterator[StripReady]:
        """Every finished strip, in the order in which they came."""
        with self.path.open("rb") as file:
            file.seek(len(self._header))
            given: set[Window] = set()
            while (strip := _read(file)) is not None:
                if strip.window not in given:
                    given.add(strip.window)
                    yield strip

    def add(self, strip: StripReady, *, with_doubt: bool, with_depth: bool) -> None:
        """Keep one strip; RasterError where the disk is full."""
        planes = [
            pack(strip.class_ids),
            pack(strip.doubt) if with_doubt else b"",
            pack(strip.depth) if with_depth and strip.depth is not None else b"",
        ]
        body = b"".join(planes)
        window = strip.window
        place = window.col_off, window.row_off, window.width, window.height
        head = _HEAD.pack(_MARK, *place, *map(len, planes), zlib.crc32(body))
        with _said(self.path):
            self._file.write(head + body)
            self._file.flush()
        self.finished.add(window)

    def close(self) -> None:
        """Let go of the file, which stays."""
        with suppress(OSError):  # a record that did not fit is tried once more: `add` has said so
            self._file.close()

    def remove(self) -> None:
        """All is where it belongs: the file is not needed any more."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _opened(self, *, fresh: bool) -> BinaryIO:
        end = 0 if fresh or not self.path.exists() else self._find_end()
        file = self.path.open("r+b" if end else "wb")
        if end:
            file.truncate(end)
            file.seek(end)
        else:
            file.write(self._header)
            file.flush()
        return file

    def _find_end(self) -> int:
        """Where the last whole record ends; 0 where another plan was at work. Notes what is finished."""
        with self.path.open("rb") as file:
            if file.readline(_LONGEST_HEADER) != self._header:
                return 0
            end = file.tell()
            while (strip := _read(file)) is not None:
                self.finished.add(strip.window)
                end = file.tell()
        return end


class KeptStrips:
    """The strips of one prediction to files; nothing is kept where there is nothing to go on with.

    That is a prediction of a single strip, and one whose answers are others every time.
    """

    def __init__(self, paths: PredictionPaths, plan: PredictionPlan, *, fresh: bool) -> None:
        self._paths, self._plan = paths, plan
        wanted = "".join(" +" if path else " -" for path in (paths.doubt, paths.depth))
        is_worth_it = bool(plan.key) and plan.strip_count > 1
        self._file = PartialStrips(paths.partial, plan.key + wanted, fresh=fresh) if is_worth_it else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def finished(self) -> set[Window]:
        """Strips that need not be predicted again."""
        return self._file.finished if self._file else set()

    def hand_over(self, files: PredictionFiles) -> Iterator[Notice | Progress]:
        """Say how much is finished and write it to the files, strip by strip."""
        if self._file is None or not self.finished:
            return
        share = self._plan.share_done(self.finished)
        yield Notice(f"going on at {share:.0%} with what an earlier run has left in {self._file.path.name}")
        for strip in self._file.strips():
            files.write(strip)
            yield Progress(0, 0, None, "Reading what is finished")

    def add(self, strip: StripReady) -> None:
        """Keep a strip that was written to the files."""
        if self._file is not None:
            with_doubt, with_depth = self._paths.doubt is not None, self._paths.depth is not None
            self._file.add(strip, with_doubt=with_doubt, with_depth=with_depth)

    def remove(self) -> None:
        """The files are complete."""
        if self._file is not None:
            self._file.remove()


def finished_in(path: Path, plan: PredictionPlan) -> set[Window]:
    """The strips of a plan that a file holds, whichever planes were asked for; nothing is changed."""
    found: set[Window] = set()
    with suppress(OSError, ValueError, KeyError, TypeError), path.open("rb") as file:
        if plan.key and json.loads(file.readline(_LONGEST_HEADER))["plan"].split()[0] == plan.key:
            while (strip := _read(file)) is not None:
                found.add(strip.window)
    return found


def _read(file: BinaryIO) -> StripReady | None:
    """The next record; None at the end, or where it is torn."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    mark, col_off, row_off, width, height, *sizes, check = _HEAD.unpack(head)
    body = file.read(sum(sizes)) if mark == _MARK else b""
    if mark != _MARK or len(body) != sum(sizes) or zlib.crc32(body) != check:
        return None
    window = Window(col_off, row_off, width, height)
    try:
        class_ids, doubt, depth = _planes(body, sizes)
    except ValueError:
        return None
    if class_ids is None or class_ids.shape != window.shape:
        return None
    return StripReady(
        None, window, class_ids, np.zeros_like(class_ids) if doubt is None else doubt, depth, ""
    )


def _planes(body: bytes, sizes: list[int]) -> list[Array | None]:
    """Class ids, doubt and depth; None for one that nobody asked for."""
    stops = list(accumulate(sizes))
    return [
        unpack(body[stop - size : stop]) if size else None for size, stop in zip(sizes, stops, strict=True)
    ]


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Turn an error of the disk into a sentence."""
    try:
        yield
    except OSError as error:
        raise RasterError(
            f"{path.name} cannot be written to {path.absolute().parent} ({error.strerror}): "
            "make room there, then run the same command again"
        ) from error
