"""Which image of a project a person means."""

import difflib
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from segstudio.errors import ProjectError
from segstudio.project.images import ImageEntry


def find_image(images: Sequence[ImageEntry], text: str) -> ImageEntry:
    """The image of this name, path, file name or stem, whichever of these fits one image first.

    Raises:
        ProjectError: none or several; names the nearest.
    """
    place = Path(text).resolve()
    for fits in (
        [entry for entry in images if entry.name == text],
        [entry for entry in images if entry.path.resolve() == place],
        [entry for entry in images if text in (entry.path.name, entry.path.stem, _flat(entry.name))],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            names = ", ".join(f"'{entry.name}'" for entry in fits)
            raise ProjectError(f"'{text}' may be {names}: give the whole name")
    known = [entry.name for entry in images]
    near = difflib.get_close_matches(text, known, n=3, cutoff=0.3) or known[:5]
    raise ProjectError(
        f"the project has no image '{text}': did you mean {' or '.join(near) or 'another project'}?"
    )


def nearest(images: Sequence[ImageEntry], file: Path) -> ImageEntry:
    """The image whose folder has most in common with a file's, of several of one stem.

    Raises:
        ProjectError: two are equally near.
    """
    folder = file.resolve().parent

    def common(entry: ImageEntry) -> int:
        pairs = zip(entry.path.resolve().parent.parts, folder.parts, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    ranked = sorted(images, key=common, reverse=True)
    if len(ranked) > 1 and common(ranked[0]) == common(ranked[1]):
        both = f"'{ranked[0].name}' and '{ranked[1].name}'"
        raise ProjectError(f"{both} share a stem: annotate them one by one with --image and --mask")
    return ranked[0]


def export_stems(images: Sequence[ImageEntry]) -> dict[int, str]:
    """A file stem for each image, by id; the image's own stem where no other has it.

    Images of one stem from several folders get their names in full, "tile 1/part.jpg" as "tile 1_part".
    """
    stems = [entry.path.stem for entry in images]
    named = {entry.id: _flat(entry.name) for entry in images}
    plain = {entry.id: entry.path.stem for entry in images if stems.count(entry.path.stem) == 1}
    return _without_twins({**named, **plain})


def _flat(name: str) -> str:
    path = Path(name)
    return "_".join((*path.parts[:-1], path.stem))


def _without_twins(stems: dict[int, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for image_id, stem in stems.items():
        taken = set(found.values())
        candidates = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(stems) + 2))
        found[image_id] = next(name for name in candidates if name not in taken)
    return found
