"""Procedural places: the sample project, every test's fixture and the ground our own weights learn on.

No image made by others may be part of the project, so it draws its own: aerial scenes with a truth mask and a
height raster (`scene`, written to files by `files`), and street photos with masks and depth (`photo`).

How a scene comes about, from far to near. `places` says what kind of place a seed is; `plan` lays a bent
lattice of main roads, quarters, streets and blocks; `town` fills blocks through `houses`, `rows`, `rings`,
`towers`, `halls`, `building_sites`, `grounds`, `farmland`, `roads`, `cars` and `vegetation` into sheets
(`sheet`: polygons with a surface each, trees; metres); `water` is one field of rivers, lakes and sea.
`canvas` paints sheets onto pixels, `light` casts the shadows of true heights, `render` adds texture, `season`
the time of year and `sensor` the camera. A street photo is put together by `street` from `street_facades`,
`street_ground` and `street_things`, drawn by `street_view`.

All chance is hashed from seed and place (`hashing`), so any tile can be drawn without the rest. Pixels are
rendered in squares of `scene.TILE` on a fixed grid and windows are put together from them: turned down was
rendering each window by itself, because filters and polygon clipping round differently at every border.

May import `raster` and below; numpy, OpenCV, Pillow and rasterio; no torch, no Qt.
"""
