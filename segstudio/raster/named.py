"""The addresses a person has named herself: no other is ever contacted, whatever a file says.

A project made elsewhere may hold addresses; they count as named once she agrees. The list holds no passwords
and no signatures, because addresses do not.
"""

import logging
import threading
from collections.abc import Collection, Iterable

from segstudio import personal
from segstudio.errors import AddressNotNamed
from segstudio.raster.address import Address

_FILE = "named-addresses.txt"
_MOST_BYTES = 8 << 20
"""Some 100,000 addresses; what lies beyond has to be named again."""

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_named: set[str] = set()


def name(addresses: Iterable[Address]) -> None:
    """Remember that a person wants these to be contacted, also the next time."""
    with _lock:
        known = _read()
        new = dict.fromkeys(each.text for each in addresses if each.text not in known)
        _named.update(new)
        _append(new)


def is_named(address: Address) -> bool:
    """Whether a person has named it."""
    with _lock:
        if address.text not in _named and address.text in _read():
            _named.add(address.text)
        return address.text in _named


def judge_named(address: Address) -> None:
    """Refuse to contact what nobody has named.

    Raises:
        AddressNotNamed: Nobody has.
    """
    if not is_named(address):
        raise AddressNotNamed(
            f"{address} comes from a file and was never opened by you: if you trust that file, open the "
            "address once"
        )


def _read() -> set[str]:
    try:
        with (personal.data_folder() / _FILE).open(encoding="utf-8", errors="replace") as file:
            return set(file.read(_MOST_BYTES).splitlines())
    except FileNotFoundError:
        return set()
    except OSError as error:
        _log.warning("the named addresses cannot be read: %r", error)
        return set()


def _append(lines: Collection[str]) -> None:
    if not lines:
        return
    try:
        personal.data_folder().mkdir(parents=True, exist_ok=True)
        with (personal.data_folder() / _FILE).open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
    except OSError as error:
        _log.warning("the named addresses cannot be kept: %r", error)
