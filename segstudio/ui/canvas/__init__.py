"""The canvas: tiles, overlays, panes and tools. It shows and asks; every change goes through the Session.

`Viewport` says where one looks, `Projection` is that place for one pane at one moment, `TileReader` brings
image tiles from its own threads, `OverlayTiles` colours the mask, `Frame` keeps what a pane has drawn.
May import raster and mask, never torch. Turned down: QGraphicsView (its scene and index are made for
thousands of objects; here are two layers of tiles) and OpenGL (remote desktops and virtual machines lack it,
and the tiles of a 1600 x 1000 view are drawn in 2-10 ms without it).
"""
