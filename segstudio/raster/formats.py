"""Which file formats come in, told by a file's first bytes and never by its name."""

import stat
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import RasterError


@dataclass(frozen=True, slots=True)
class Format:
    """A file format we read: through Pillow if it is a photo, else through one GDAL driver and no other."""

    name: str
    is_photo: bool
    gdal_driver: str = ""
    pillow_formats: tuple[str, ...] = ()


TIFF = Format("TIFF", is_photo=False, gdal_driver="GTiff")
JPEG2000 = Format("JPEG 2000", is_photo=False, gdal_driver="JP2OpenJPEG")
PNG = Format("PNG", is_photo=True, gdal_driver="PNG", pillow_formats=("PNG",))
JPEG = Format("JPEG", is_photo=True, pillow_formats=("JPEG", "MPO"))
WEBP = Format("WebP", is_photo=True, pillow_formats=("WEBP",))
BMP = Format("BMP", is_photo=True, pillow_formats=("BMP",))
PNM = Format("PNM", is_photo=True, gdal_driver="PNM", pillow_formats=("PPM",))

_BEGINNINGS: tuple[tuple[bytes, Format], ...] = (
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"\x89PNG", PNG),
    (b"\xff\xd8", JPEG),
    (b"BM", BMP),
    (b"P4", PNM),
    (b"P5", PNM),
    (b"P6", PNM),
    (b"\0\0\0\x0cjP  ", JPEG2000),
    (b"\xff\x4f\xff\x51", JPEG2000),
)
_BEGINNING_BYTES = 32
_READABLE = "GeoTIFF, JPEG 2000, JPEG, PNG, WebP, BMP and PNM can be opened"


def recognise(path: Path) -> Format:
    """The format of a file.

    Raises:
        RasterError: No such file, or none of our formats.
    """
    return recognise_beginning(path.name, _beginning(path))


def recognise_beginning(name: str, beginning: bytes) -> Format:
    """The format of a file by its first bytes.

    Raises:
        RasterError: None of our formats.
    """
    form = _match(beginning)
    if form is not None:
        return form
    if beginning[4:8] == b"ftyp":
        raise RasterError(f"{name} is a HEIC, AVIF or video file: save it as JPEG, {_READABLE}")
    if beginning.lstrip()[:1] == b"<":
        raise RasterError(f"{name} is a text that points at images (XML, VRT): open the image itself")
    raise RasterError(f"{name} is not an image of a known format: {_READABLE}")


def is_of(path: Path, form: Format) -> bool:
    """Whether a file begins like one of a format."""
    with path.open("rb") as file:
        return _match(file.read(_BEGINNING_BYTES)) is form


def _match(beginning: bytes) -> Format | None:
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return WEBP
    return next((form for magic, form in _BEGINNINGS if beginning.startswith(magic)), None)


def _refuse_pipe(path: Path) -> None:
    """A pipe would be waited for without end, and a device has none."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise RasterError(f"{path.name} is a pipe or a device: save what comes out of it as a file")


def _beginning(path: Path) -> bytes:
    try:
        _refuse_pipe(path)
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING_BYTES)
    except IsADirectoryError as error:
        raise RasterError(f"{path.name} is a folder: open the images in it") from error
    except FileNotFoundError as error:
        raise RasterError(f"{path} does not exist: was it moved or renamed?") from error
    except OSError as error:
        raise RasterError(
            f"{path.name} cannot be opened ({error.strerror}): check the file's permissions"
        ) from error
    if not beginning:
        raise RasterError(f"{path.name} is empty: fetch the file again")
    return beginning
