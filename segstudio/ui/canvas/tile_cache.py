"""Display-ready tiles, the least recently shown dropped first."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtGui import QImage

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class CachedTile:
    """A picture of a tile and the request it answers."""

    image: QImage
    number: int
    size_bytes: int


class TileCache(Generic[Key]):
    """Keeps at most `budget_bytes` of pictures; the one just put in always stays."""

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._tiles: OrderedDict[Key, CachedTile] = OrderedDict()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """What the pictures take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._tiles)

    def __contains__(self, key: Key) -> bool:
        return key in self._tiles

    def __iter__(self) -> Iterator[Key]:
        return iter(tuple(self._tiles))

    def get(self, key: Key) -> CachedTile | None:
        """A tile, now the most recently shown; None if it is not there."""
        found = self._tiles.get(key)
        if found is not None:
            self._tiles.move_to_end(key)
        return found

    def put(self, key: Key, image: QImage, number: int = 0) -> None:
        """Keep a picture, dropping old ones beyond the budget."""
        self.drop(key)
        tile = CachedTile(image, number, image.sizeInBytes())
        self._tiles[key] = tile
        self._bytes += tile.size_bytes
        self._make_room()

    def limit(self, budget_bytes: int) -> None:
        """Keep at most so much from now on."""
        self.budget_bytes = budget_bytes
        self._make_room()

    def drop(self, key: Key) -> None:
        """Forget one tile, if it is there."""
        gone = self._tiles.pop(key, None)
        if gone is not None:
            self._bytes -= gone.size_bytes

    def clear(self) -> None:
        """Forget everything."""
        self._tiles.clear()
        self._bytes = 0

    def _make_room(self) -> None:
        while self._bytes > self.budget_bytes and len(self._tiles) > 1:
            self.drop(next(iter(self._tiles)))
