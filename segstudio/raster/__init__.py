"""Pixels in, pixels out: open images of any size, read windows of them, show them, write rasters.

What lives here: `Window` (whole pixels), `Raster` and its header `RasterInfo`, `open_raster` (the one door),
GeoTIFF and JPEG 2000 through GDAL, photos through Pillow, `TileGrid`, the display stretch, places on the map,
and writers that never leave half a file under its final name. A GeoTIFF may also lie at an address (http,
https, s3): `address.py` says what is kept of one, `named.py` which may be contacted, `remote*.py` fetch it.
Overviews that a large file lacks: `overviews.py` says what there is, `overview_build.py` makes it in a pass,
`levels.py` reads it; it lies in a folder that the caller names, never beside the image.

What it may import: `errors`, `personal`, `shipped`, NumPy, rasterio, OpenCV, Pillow. Neither Qt nor torch, no
room above.

What was turned down:

* Opening by file name. The first bytes decide, and each format has one driver: no TIFF is ever answered by a
  driver that follows references to other files or to the network (VRT, WMS). For the same reason `.aux.xml`
  is not read, and metadata that names another file as overviews is refused.
* GDAL's /vsicurl/ and /vsis3/: see `remote.py`. A cache on the disk: 64 MB of pages in memory, for all files
  together, hold some forty screens, and whose pixels they are is nobody's secret when the program has ended.
* Pillow for everything. It cuts 16-bit colour PNGs down to 8 bits; those go through GDAL's PNG driver.
* A limit on the pixels a TIFF may claim. Sparse tiled files claim much and hold little; judged is what costs
  memory (one block) and what must be in the file (an entry per block).
* Threads inside the decoders. Readers already run side by side, and such threads complain past the log.
* One handle for all threads with a lock. GDAL handles are not shared; opening again costs a millisecond, and
  decoded photos are shared instead.
* Decimating files without overviews exactly for a first look: it would decode everything. `read_coarse`
  averages a sample of blocks in bounded time; exact tiles may follow.
* GDAL's own overviews for such files (`.ovr`): beside the image, which is not ours to write to, or by way of
  a VRT, which is refused; and one is finished or not there, while ours are shown as they grow. Compressed
  levels: their blocks move as they are written, and fixed places are what lets others read meanwhile. Levels
  of 1:2: four times the room for views that full resolution answers in a tenth of a second.
"""
