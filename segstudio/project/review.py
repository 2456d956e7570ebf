"""How far a person has looked at an image, tile by tile."""

from segstudio.mask.mask import Mask
from segstudio.mask.plane import ChunkKey
from segstudio.project.store import ProjectStore
from segstudio.raster.window import Window

TILE_NEW = "new"
TILE_DONE = "done"


class TileReview:
    """Review state of the tiles of one image; a tile is one chunk of its planes."""

    def __init__(self, store: ProjectStore, mask: Mask, image_id: int) -> None:
        self._store = store
        self._plane = mask.annotation
        self._image_id = image_id
        self._states = store.tile_states(image_id)

    def states(self) -> dict[ChunkKey, str]:
        """State of every tile that has one."""
        return dict(self._states)

    def state(self, row: int, col: int) -> str:
        """State of one tile; from memory, since a map of the scene asks for all of them."""
        return self._states.get((row, col), TILE_NEW)

    def set(self, window: Window, state: str) -> None:
        """Set all tiles that lie within a window; the image is done when all its tiles are."""
        if state not in (TILE_NEW, TILE_DONE):
            raise ValueError(f"a tile is {TILE_NEW!r} or {TILE_DONE!r}, not {state!r}")
        inside = window.intersection(self._plane.extent)
        covered = [key for key in self._tiles(inside) if inside.contains(self._plane.chunk_window(*key))]
        states = self._states | dict.fromkeys(covered, state)
        done = sum(each == TILE_DONE for each in states.values())
        whole = done == len(self._tiles(self._plane.extent))
        with self._store.database.transaction():
            self._store.set_tile_states(self._image_id, covered, state)
            self._store.images.set_state(self._image_id, "done" if whole else "started")
        self._states = states

    def _tiles(self, window: Window) -> list[ChunkKey]:
        size = self._plane.chunk_size
        return [(block.row_off // size, block.col_off // size) for block in window.blocks(size)]
