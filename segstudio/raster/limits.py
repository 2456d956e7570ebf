"""What a header may claim before a pixel is read: sizes and memory, each with its origin."""

import math

from segstudio.errors import RasterError

# GDAL counts pixels in signed 32-bit numbers; beyond a hundredth of that no sensor or mosaic exists.
MAX_SIDE_PX = 20_000_000
# Hyperspectral instruments stay below 500 bands; a header that claims more than this is damaged.
MAX_BANDS = 1024
# A block is decoded as a whole and held about twice (codec buffer and block cache), beside ~100 MB of
# program: four times this stays below the 1 GB that one unknown file may cost.
MAX_BLOCK_BYTES = 200_000_000
# A photo is decoded as a whole. Pillow holds 4 bytes a pixel for 3 bands, our array the other 3: together 7/3
# of this, below the 1 GB that one unknown file may cost. 110 megapixels of colour.
MAX_PHOTO_BYTES = 330_000_000
# The smallest entry of a TIFF table of block offsets is a 16-bit number.
MIN_BYTES_PER_BLOCK_ENTRY = 2
# Deflate cannot pack more than 1032 bytes into one (zlib technical details: 258 bytes for 2 bits).
MAX_DEFLATE_RATIO = 1032
# The shortest code of a JPEG block of 8 x 8 pixels has one bit: 512 pixels in a byte; twice that for good
# measure.
MAX_JPEG_PIXELS_PER_BYTE = 1024


def judge_size(name: str, width: int, height: int, bands: int) -> None:
    """Refuse sides and band counts that no real image has."""
    if width < 1 or height < 1 or bands < 1:
        raise RasterError(f"{name} holds no pixels ({width} x {height}, {bands} bands): fetch the file again")
    if max(width, height) > MAX_SIDE_PX:
        raise RasterError(
            f"{name} claims {width} x {height} pixels, more than {MAX_SIDE_PX:,} on a side: it is damaged"
        )
    if bands > MAX_BANDS:
        raise RasterError(
            f"{name} claims {bands} bands, at most {MAX_BANDS} can be read: pick bands and save them apart"
        )


def judge_block(name: str, block_bytes: int) -> None:
    """Refuse blocks too large for memory: each is decoded as a whole."""
    if block_bytes > MAX_BLOCK_BYTES:
        raise RasterError(
            f"{name} is stored in blocks of {megabytes(block_bytes)}, "
            f"at most {megabytes(MAX_BLOCK_BYTES)} can be read at a time: save it as a tiled GeoTIFF"
        )


def judge_table(name: str, size: tuple[int, int], block: tuple[int, int], file_bytes: int) -> None:
    """Refuse a TIFF of more blocks than its bytes have room to list.

    A sparse file may hold few pixels and still claim many, but its table names every block.

    Args:
        name: How the sentence calls the file.
        size: Rows and columns of the image.
        block: Rows and columns of a block.
        file_bytes: Size on disk.
    """
    blocks = math.ceil(size[0] / block[0]) * math.ceil(size[1] / block[1])
    if blocks * MIN_BYTES_PER_BLOCK_ENTRY > file_bytes:
        raise _hollow(name, size[1], size[0], file_bytes)


def judge_photo(name: str, width: int, height: int, decoded_bytes: int) -> None:
    """Refuse a photo that does not fit into memory as a whole."""
    if decoded_bytes > MAX_PHOTO_BYTES:
        raise RasterError(
            f"{name} would take {megabytes(decoded_bytes)} in memory ({width} x {height} pixels), "
            f"photos may take {megabytes(MAX_PHOTO_BYTES)}: save it as a tiled GeoTIFF"
        )


def judge_packing(name: str, width: int, height: int, file_bytes: int, least_bytes: float) -> None:
    """Refuse a file smaller than its claimed pixels can be packed into."""
    if file_bytes < least_bytes:
        raise _hollow(name, width, height, file_bytes)


def _hollow(name: str, width: int, height: int, file_bytes: int) -> RasterError:
    return RasterError(
        f"{name} claims {width} x {height} pixels, but its {file_bytes:,} bytes cannot hold them: "
        "it is damaged, fetch it again"
    )


def megabytes(count: float) -> str:
    """A byte count for a sentence."""
    return f"{count / 1e6:,.0f} MB"
