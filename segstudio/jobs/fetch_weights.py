"""Fetch published weights: licence first, then from where they already lie or from their publisher."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import ModelError, SegstudioError
from segstudio.jobs.download import DownloadError, download, sha256_of
from segstudio.jobs.steps import Notice, Progress, Step, WeightsKept
from segstudio.jobs.weights_intake import READING, Provenance, keep_encoder, keep_model, take_in
from segstudio.models.caches import Caches, FoundFile
from segstudio.models.cards import ModelCard
from segstudio.models.published import PublishedSet, published_set
from segstudio.models.registry import default_registry
from segstudio.models.versions import load_version
from segstudio.models.weights_home import WeightsHome

Steps = Generator[Step, None, None]


class WeightsNotHere(SegstudioError):
    """Weights cannot be fetched from here: copy `file_name` into `folder`, it is at `address`."""

    def __init__(self, reason: str, wanted: PublishedSet, home: WeightsHome, address: str) -> None:
        self.file_name = wanted.file_name
        self.folder = home.downloads
        self.address = address
        super().__init__(f"{reason}: {copy_sentence(wanted, home, address)}")


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """Which set, and whether its licence was read and accepted.

    Attributes:
        set_id: An id of `models/published.py`.
        accept: The person accepts the licence now; not needed where she did before.
        base: Where to fetch from instead of the publisher: a mirror with the publisher's own paths.
        home: Where to keep it; None = the person's own folder.
        caches: Where it may already lie; None = the person's own caches.
    """

    set_id: str
    accept: bool = False
    base: str | None = None
    home: WeightsHome | None = None
    caches: Caches | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """A file whose content was checked."""

    path: Path
    sha256: str
    is_ours: bool


def fetch_weights(request: FetchRequest) -> Steps:
    """Progress in bytes, then `WeightsKept`; what was fetched so far stays for a later try when closed.

    Raises:
        ModelError: no such set, its licence was not accepted, its model belongs to a plugin that nobody has
            allowed, or the file is not what it should be.
        WeightsNotHere: its publisher cannot be reached or has it no more; says what to copy where.
    """
    wanted = published_set(request.set_id)
    home = request.home or WeightsHome.of_this_person()
    kept = kept_already(wanted, home)
    if kept is not None:
        yield Notice(f"{wanted.title} is here already")
        yield kept
        return
    default_registry().refuse_untrusted(_card(wanted))  # before 100 MB have come for nothing
    _check_licence(wanted, home, accepts=request.accept)
    source = yield from _local(wanted, home, request.caches or Caches.of_this_person())
    if source is None:
        source = yield from _fetched(wanted, home, request.base)
    yield Progress(0, 0, None, READING)
    yield _keep(wanted, home, source)
    if source.is_ours:
        source.path.unlink(missing_ok=True)


def kept_already(wanted: PublishedSet, home: WeightsHome) -> WeightsKept | None:
    """What is kept of a set, or None."""
    if wanted.gives == "encoder":
        file = home.encoder_file(wanted.id)
        return _kept(wanted, file) if home.has_encoder(wanted.id) else None
    folder = home.versions / wanted.id
    if not folder.is_dir():
        return None
    return _kept(wanted, load_version(folder).folder)


def copy_sentence(wanted: PublishedSet, home: WeightsHome, address: str) -> str:
    """What to copy where, for a machine without a way to the publisher."""
    file = address.rsplit("/", 1)[-1]
    named = "" if file == wanted.file_name else f" as {wanted.file_name}"
    return f"copy {file} into {home.downloads}{named}; it is at {address}"


def _check_licence(wanted: PublishedSet, home: WeightsHome, *, accepts: bool) -> None:
    if accepts:
        home.accept(wanted.id, wanted.licence)
    elif not home.has_accepted(wanted.id, wanted.licence):
        raise ModelError(
            f"the licence of '{wanted.id}' is {wanted.licence} and was not accepted yet: {wanted.terms} "
            "Read it and give --accept-licence"
        )


def _local(wanted: PublishedSet, home: WeightsHome, caches: Caches) -> Generator[Step, None, _Source | None]:
    """The file where it already lies: copied by hand, or fetched by another program."""
    by_hand = [home.downloads / name for name in (wanted.file_name, wanted.torch_file) if name]
    for path in by_hand:
        if path.is_file():
            digits = wanted.torch_digits if path.name == wanted.torch_file else wanted.sha256
            return (yield from _checked(FoundFile(path, digits), wanted))
    found = caches.find(wanted)
    if found is None:
        return None
    try:
        return (yield from _checked(found, wanted))
    except ModelError as error:
        # a damaged file in another program's cache is no reason not to fetch a whole one
        yield Notice(str(error))
        return None


def _checked(found: FoundFile, wanted: PublishedSet) -> Generator[Step, None, _Source]:
    try:
        sha256 = yield from sha256_of(found.path)
    except OSError as error:
        raise ModelError(f"{found.path} cannot be read: {error.strerror or error}") from error
    if not sha256.startswith(found.sha256):
        raise ModelError(
            f"{found.path} is not '{wanted.id}': its checksum begins with {sha256[:8]}, "
            f"not {found.sha256[:8]}; remove it or copy it again"
        )
    yield Notice(f"taken from {found.path}, nothing was fetched")
    return _Source(found.path, sha256, is_ours=False)


def _fetched(wanted: PublishedSet, home: WeightsHome, base: str | None) -> Generator[Step, None, _Source]:
    address = wanted.address_at(base)
    target = home.downloads / wanted.file_name
    try:
        with closing(download(address, target, sha256=wanted.sha256)) as steps:
            came = yield from steps
    except DownloadError as error:
        raise WeightsNotHere(str(error), wanted, home, address) from error
    if not (wanted.sha256 or came.stated):
        target.unlink(missing_ok=True)
        raise WeightsNotHere("the server states no checksum for it", wanted, home, address)
    return _Source(came.path, came.sha256, is_ours=True)


def _keep(wanted: PublishedSet, home: WeightsHome, source: _Source) -> WeightsKept:
    card = _card(wanted)
    intake = take_in(source.path, card)
    origin = Provenance(
        title=wanted.title,
        licence=wanted.licence,
        source=f"{wanted.library} {wanted.name}",
        sha256=source.sha256,
        address=wanted.address,
    )
    if wanted.gives == "encoder" and intake.fitting.encoder_is_whole:
        return keep_encoder(intake, home, wanted.encoder_names, origin, wanted.id)
    if (
        wanted.gives == "model"
        and intake.kind == "model"
        and _knows_its_classes(wanted, intake.fitting.class_count)
    ):
        return keep_model(intake, home, wanted.classes, origin, wanted.id)
    raise ModelError(
        f"{source.path.name} is not '{wanted.id}': only {len(intake.fitting.fitted)} of its tensors fit "
        f"'{card.id}'; remove it and fetch it again"
    )


def _knows_its_classes(wanted: PublishedSet, class_count: int | None) -> bool:
    return class_count == len(wanted.classes)


def _card(wanted: PublishedSet) -> ModelCard:
    """The card a set is for, or one with its encoder to try it on."""
    registry = default_registry()
    if wanted.gives == "model":
        return registry.card(wanted.card_id)
    return next(card for card in registry.cards() if wanted.fits(card) and not card.has_adapter)


def _kept(wanted: PublishedSet, path: Path) -> WeightsKept:
    source = f"{wanted.library} {wanted.name}"
    return WeightsKept(wanted.id, wanted.gives, path, wanted.licence, source, sha256="")
