from PySide6.QtGui import QImage

from segstudio.ui.canvas.tile_cache import TileCache

TILE = QImage(16, 16, QImage.Format.Format_RGB32)
SIZE = TILE.sizeInBytes()


def test_the_least_recently_shown_tile_goes_first() -> None:
    cache: TileCache[int] = TileCache(3 * SIZE)
    for key in (1, 2, 3):
        cache.put(key, TILE)
    cache.get(1)
    cache.put(4, TILE)
    assert [key in cache for key in (1, 2, 3, 4)] == [True, False, True, True]


def test_the_budget_holds_and_a_replaced_tile_counts_once() -> None:
    cache: TileCache[int] = TileCache(3 * SIZE)
    for key in (1, 1, 1, 2, 3, 4, 5):
        cache.put(key, TILE)
        assert cache.size_bytes == len(cache) * SIZE <= 3 * SIZE


def test_one_tile_larger_than_the_budget_is_kept() -> None:
    cache: TileCache[int] = TileCache(1)
    cache.put(1, TILE)
    assert cache.get(1) is not None


def test_a_cleared_cache_is_empty() -> None:
    cache: TileCache[int] = TileCache(3 * SIZE)
    cache.put(1, TILE)
    cache.clear()
    assert len(cache) == cache.size_bytes == 0
