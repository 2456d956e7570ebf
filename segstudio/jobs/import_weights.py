"""Import a local file of weights: what fits a card becomes a version, and the report says what did not."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import ModelError
from segstudio.jobs.download import sha256_of
from segstudio.jobs.steps import Notice, Progress, Step
from segstudio.jobs.weights_intake import READING, Intake, Provenance, keep_encoder, keep_model, take_in
from segstudio.mask.classes import load_classes, next_colour
from segstudio.models.cards import ModelClass
from segstudio.models.registry import default_registry
from segstudio.models.weights_home import WeightsHome

Steps = Generator[Step, None, None]

_UNSTATED = "not stated"
_MOST_CLASSES = 255
"""A mask is uint8 and 255 means that nobody has spoken."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Which file onto which card.

    Attributes:
        path: A safetensors or torch file.
        card_id: The card whose net it fits, "gray:" before it where the file has the adapter too.
        classes: A CLASSES.json with the names of the output channels in their order; None numbers them.
        home: Where to keep it; None = the person's own folder.
    """

    path: Path
    card_id: str
    classes: Path | None = None
    home: WeightsHome | None = None


def import_weights(request: ImportRequest) -> Steps:
    """The report as `WeightsFit`, then `WeightsKept`: a model, or an encoder where only that fitted.

    Raises:
        ModelError: the file is refused, nothing usable fits, or the classes are another number.
    """
    card = default_registry().card(request.card_id)
    classes = _given_classes(request.classes)
    yield Progress(0, 0, None, READING)
    intake = take_in(request.path, card)
    yield intake.report()
    if intake.kind == "nothing":
        raise ModelError(_refusal(intake))
    home = request.home or WeightsHome.of_this_person()
    sha256 = yield from sha256_of(request.path)
    origin = Provenance(request.path.stem, _UNSTATED, f"imported from {request.path.name}", sha256)
    if intake.kind == "encoder":
        yield Notice(
            "only the encoder fitted: it is kept as a start for fine-tuning, not as a model to predict with"
        )
        yield keep_encoder(intake, home, [card.encoder], origin, _plain_name(request.path))
        return
    known = _classes(intake, classes)
    if classes is None:
        yield Notice(f"the file does not say what its {len(known)} classes are called: they are numbered")
    yield keep_model(intake, home, known, origin)


def _given_classes(path: Path | None) -> tuple[ModelClass, ...] | None:
    if path is None:
        return None
    return tuple(ModelClass(each.name, each.colour) for each in load_classes(path))


def _classes(intake: Intake, given: tuple[ModelClass, ...] | None) -> tuple[ModelClass, ...]:
    """The classes of the output channels, as given or numbered."""
    count = intake.fitting.class_count or 0
    if count > _MOST_CLASSES:
        raise ModelError(
            f"{intake.path.name} tells {count} classes apart, a mask holds {_MOST_CLASSES} at most"
        )
    if given is None:
        return _numbered(count)
    if len(given) != count:
        raise ModelError(
            f"{intake.path.name} tells {count} classes apart, the list has {len(given)}: give one that fits"
        )
    return given


def _numbered(count: int) -> tuple[ModelClass, ...]:
    colours: list[str] = []
    for _ in range(count):
        colours.append(next_colour(colours))
    return tuple(ModelClass(f"class {index}", colour) for index, colour in enumerate(colours))


def _refusal(intake: Intake) -> str:
    """Why nothing was kept, with the first tensor that went wrong."""
    fitting = intake.fitting
    total = len(fitting.fitted) + len(fitting.unexpected) + len(fitting.reshaped)
    first = ""
    if fitting.reshaped:
        each = fitting.reshaped[0]
        first = f", '{each.name}' is {list(each.given)} and should be {list(each.wanted)}"
    elif fitting.missing:
        first = f", '{fitting.missing[0]}' is missing"
    return (
        f"{intake.path.name} is of another network than '{intake.card.id}': {len(fitting.fitted)} of its "
        f"{total} tensors fit{first}; nothing was kept, choose the card it was made for"
    )


def _plain_name(path: Path) -> str:
    kept = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in path.stem)
    return kept.strip(".-") or "imported"
