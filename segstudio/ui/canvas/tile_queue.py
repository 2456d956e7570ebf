"""What the reader threads shall bring next: always what the newest view asks for."""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from segstudio.raster.stretch import Stretch
from segstudio.raster.tiles import TileKey


@dataclass(frozen=True, slots=True)
class TileBatch:
    """Tiles of one level that are read at once."""

    keys: tuple[TileKey, ...]
    stretch: Stretch
    number: int  # of the request; an answer with an old number is dropped


@dataclass(frozen=True, slots=True)
class PreviewWanted:
    """The whole image, small."""

    stretch: Stretch
    number: int


Order = TileBatch | PreviewWanted


class TileQueue:
    """Shared by the GUI thread, which replaces what is wanted, and the readers, which take it.

    A new request replaces all that was not begun, so that the newest view is served first and a view that was
    only passed through costs nothing. A tile being read is not handed out twice.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[TileBatch] = deque()
        self._preview: PreviewWanted | None = None
        self._in_flight: set[tuple[TileKey, int]] = set()
        self._previews_in_flight = 0
        self._wanted: set[TileKey] = set()
        self._number = 0
        self._is_closed = False

    def replace(self, batches: Iterable[TileBatch], number: int) -> None:
        """Want these batches, first ones first, and nothing else."""
        with self._changed:
            self._number = number
            self._waiting.clear()
            self._wanted.clear()
            for batch in batches:
                self._wanted.update(batch.keys)
                left = tuple(key for key in batch.keys if (key, number) not in self._in_flight)
                if left:
                    self._waiting.append(TileBatch(left, batch.stretch, number))
            self._changed.notify_all()

    def ask_preview(self, preview: PreviewWanted) -> None:
        """Ask for the whole image, small; before any tile."""
        with self._changed:
            self._preview = preview
            self._changed.notify()

    def take(self) -> Order | None:
        """The next thing to read, waiting for one; None when it is time to stop."""
        with self._changed:
            self._changed.wait_for(self._has_something)
            if self._is_closed:
                return None
            if self._preview is not None:
                preview, self._preview = self._preview, None
                self._previews_in_flight += 1
                return preview
            batch = self._waiting.popleft()
            self._in_flight.update((key, batch.number) for key in batch.keys)
            return batch

    def done(self, batch: TileBatch, unread: tuple[TileKey, ...] = ()) -> None:
        """Say that a batch is no longer being read; tiles left unread wait again if they are still wanted."""
        with self._changed:
            self._in_flight.difference_update((key, batch.number) for key in batch.keys)
            again = tuple(key for key in unread if key in self._wanted)
            # given up because the view had moved away, and then it came back
            if again and batch.number == self._number:
                self._waiting.append(TileBatch(again, batch.stretch, batch.number))
                self._changed.notify()

    def preview_done(self, unread: PreviewWanted | None = None) -> None:
        """Say that a preview is no longer being read; one left unread waits again if no newer one does."""
        with self._changed:
            self._previews_in_flight -= 1
            if self._preview is None and unread is not None:
                self._preview = unread
                self._changed.notify()

    def is_wanted(self, batch: TileBatch) -> bool:
        """Whether some of these tiles are still worth reading."""
        with self._changed:
            current = not self._is_closed and batch.number == self._number
            return current and not self._wanted.isdisjoint(batch.keys)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or is being read."""
        with self._changed:
            previews = self._preview is not None or self._previews_in_flight > 0
            return not self._waiting and not self._in_flight and not previews

    @property
    def is_closed(self) -> bool:
        """Whether the readers were asked to stop."""
        return self._is_closed

    def close(self) -> None:
        """Let every reader stop after the piece it is reading."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _has_something(self) -> bool:
        return bool(self._is_closed or self._waiting or self._preview)
