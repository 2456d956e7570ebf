"""Addresses of images on other machines, as they may be shown and kept: without password and signature."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from segstudio.errors import RasterError

# A scheme of two letters or more (one is a drive of Windows), or GDAL's way of writing one.
_ANY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|/vsi")
_OURS = re.compile(r"(?:https?|s3)://", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PORTS = {"http": 80, "https": 443}
_LONGEST = 4096
"""No server takes a longer one (RFC 9110 asks for 8000 at least, browsers stop at 2000)."""

_KEPT = "/%:@!$&'()*+,;=~"
"""What stays as it is in a path and a query (RFC 3986), and what is quoted already."""

# Parameters that let in who has them: AWS, Google, Azure and CloudFront signatures, and plain keys.
_SECRET = re.compile(
    r"x-(amz|goog|ms)-.*|awsaccesskeyid|googleaccessid|signature|sig|se|sp|sr|st|sv|spr|ske?oid|sktid|skt|ske|"
    r"sks|skv|expires|policy|key-pair-id|.*token.*|.*secret.*|.*passw.*|pwd|.*credential.*|auth.*|jwt|"
    r"(.*(access|api|subscription)[_-]?)?key",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Secret:
    """What lets a person in: "name:password", and the query with its signature; both may be empty."""

    login: str = ""
    query: str = ""


# What the person typed lasts as long as the program: no file and no message ever holds it.
_SECRETS: dict[str, Secret] = {}


@dataclass(frozen=True, slots=True)
class Address:
    """Where an image lies on another machine; answers what callers ask of a path."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def host(self) -> str:
        """Who is asked: "example.org:8080", or the bucket of an s3 address."""
        parts = urlsplit(self.text)
        return f"bucket {parts.netloc}" if parts.scheme == "s3" else parts.netloc

    @property
    def name(self) -> str:
        """The file name, as sentences call the image."""
        return PurePosixPath(unquote(urlsplit(self.text).path)).name or self.host

    @property
    def stem(self) -> str:
        """The file name without its ending."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """The ending of the file name."""
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> PurePosixPath:
        """Host and folder, to be compared with those of other images."""
        parts = urlsplit(self.text)
        return PurePosixPath("/", parts.netloc, unquote(parts.path).lstrip("/")).parent

    @property
    def secret(self) -> Secret:
        """What the person gave with the address since the program started."""
        return _SECRETS.get(self.text, Secret())

    def resolve(self) -> "Address":
        """An address is where it is."""
        return self


Place = Path | Address
"""Where an image lies."""


def is_address(text: object) -> bool:
    """Whether a text is meant as the address of an image that can be opened."""
    return bool(_OURS.match(str(text).strip()))


def place(where: str | Path | Address) -> Place:
    """A file or an address, as it is written.

    Raises:
        RasterError: It is an address of a kind that cannot be opened.
    """
    if isinstance(where, Address):
        return where
    if isinstance(where, str) and is_address(where):
        return parse_address(where)
    if _ANY.match(str(where)):
        raise RasterError(
            f"{_shown(str(where))} is an address that cannot be opened: "
            "give one that begins with https://, http:// or s3://, or download the image and open the file"
        )
    return Path(where)


def parse_address(text: str) -> Address:
    """The address that a person gives; a password or signature in it is remembered apart.

    Raises:
        RasterError: It names no machine or no file.
    """
    text = text.strip()
    parts = urlsplit("")
    try:
        parts = urlsplit(text)
        scheme, port = parts.scheme.lower(), parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        scheme, port, host = "", None, ""
    # a bucket's key may be given as it is or quoted; it is kept quoted as signatures want it
    path = quote(unquote(parts.path), safe="/~") if scheme == "s3" else quote(parts.path, safe=_KEPT)
    pattern = _BUCKET if scheme == "s3" else _HOST
    if len(text) > _LONGEST or not pattern.fullmatch(host) or not path.strip("/"):
        raise RasterError(
            f"{_shown(text)} is not the address of a file: compare it with https://host/scene.tif"
        )
    kept, secret_query = _parted(parts.query)
    shown_host = f"[{host}]" if ":" in host else host
    netloc = shown_host if port in (None, _PORTS.get(scheme)) else f"{shown_host}:{port}"
    address = Address(urlunsplit((scheme, netloc, path, kept, "")))
    login = parts.netloc.rpartition("@")[0] if "@" in parts.netloc else ""
    if login or secret_query:
        _SECRETS[address.text] = Secret(unquote(login), secret_query)
    return address


def _parted(query: str) -> tuple[str, str]:
    """The query without what is secret, and the whole of it where something is."""
    pairs = parse_qsl(query, keep_blank_values=True)
    open_pairs = [(name, value) for name, value in pairs if not _SECRET.fullmatch(name)]
    if len(open_pairs) == len(pairs):
        return quote(query, safe=_KEPT + "?"), ""
    return urlencode(open_pairs), quote(query, safe=_KEPT + "?")


def _shown(text: str) -> str:
    """What may be said of an address: nothing of a password or a query."""
    before, found, after = text.partition("://")
    bare = after.partition("?")[0].rpartition("@")[2] if found else text
    return f"{before}{found}{bare}"[:200]
