"""What was said about an image: classes, planes of class ids, edits and the footprints of every tool.

Neither Qt nor torch: painting and undo are array arithmetic. May import `raster` (for `Window`) and `errors`.

Turned down: one array per image (20,000 x 20,000 with undo by copies is ruin; a `Plane` keeps only the chunks
ever written, loads stored ones on first touch and copies on write); undo as a list of commands (they must be
replayed with the code of their day; an edit that carries the old and the new values does not).
"""
