"""Depth targets: how deep an image is, given by a raster, as data for a depth decoder."""

from segstudio.mask.mask import Mask
from segstudio.mask.plane import Array
from segstudio.project.chunks import DepthChunks
from segstudio.project.database import Database
from segstudio.raster.window import Window


def keep_depth_target(database: Database, image_id: int, mask: Mask, window: Window, depth: Array) -> None:
    """Write depth (height, width) into the mask and on disk; on failure the mask is as on disk."""
    plane, chunks = mask.depth_target, DepthChunks(database, image_id)
    size = plane.chunk_size
    blocks = window.intersection(plane.extent).blocks(size)
    keys = [(block.row_off // size, block.col_off // size) for block in blocks]
    try:
        with database.transaction():
            plane.write(window, depth)
            for key in keys:
                chunks.put(key, plane.shared_chunk(*key))
    except BaseException:
        for key in keys:
            plane.forget(*key, stored=chunks.depth.packed(*key) is not None)
        raise
    for key in keys:
        plane.mark_stored(*key)
