"""Tensors of others onto a card's net, and what fits into the person's folder: shared by fetch and import."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.errors import ModelError
from segstudio.jobs.steps import WeightsFit, WeightsKept
from segstudio.models.cards import ModelCard, ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.models.registry import default_registry
from segstudio.models.versions import VersionStore
from segstudio.models.weights_home import WeightsHome

if TYPE_CHECKING:
    from segstudio.models.fitting import Fitting
    from segstudio.models.foreign_weights import ForeignWeights
    from segstudio.models.nets.net import SegmentationNet

READING = "Reading the weights"
"""What the progress says before torch is needed, and not earlier."""

_PROBE_CLASSES = 2
_ADAPTER_KERNEL = "adapter.mix.weight"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where weights come from; it stays with them. `sha256` is that of the file they were read from."""

    title: str
    licence: str
    source: str
    sha256: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Intake:
    """A file of weights as seen by one card."""

    path: Path
    card: ModelCard
    in_bands: int
    weights: "ForeignWeights"
    fitting: "Fitting"

    @property
    def kind(self) -> str:
        """What the file is good for: "model", "encoder" or "nothing"."""
        if self.fitting.is_whole:
            return "model"
        return "encoder" if self.fitting.encoder_is_whole else "nothing"

    def report(self) -> WeightsFit:
        """What fitted and what did not."""
        return WeightsFit(
            path=self.path,
            card_id=self.card.id,
            kind=self.kind,
            fitted=self.fitting.fitted,
            missing=self.fitting.missing,
            unexpected=(*self.fitting.unexpected, *self.weights.left_out),
            reshaped=tuple(tuple(each) for each in self.fitting.reshaped),  # type: ignore[misc]
            prefix=self.fitting.prefix,
            unwrapped=self.weights.unwrapped,
            naming=self.fitting.naming,
        )


def take_in(path: Path, card: ModelCard) -> Intake:
    """Read a file of weights and see what of it fits a card; loads torch.

    Raises:
        ModelError: the file is refused, or the card takes no weights.
    """
    import torch

    from segstudio.models.fitting import fit
    from segstudio.models.foreign_weights import read_foreign

    if card.is_function:
        raise ModelError(f"model '{card.id}' is a fixed rule and takes no weights: choose a network")
    weights = read_foreign(path)
    in_bands = _in_bands(card, weights)
    # shapes are enough to see what fits
    with torch.device("meta"):
        net = _net(card, class_count=_PROBE_CLASSES, in_bands=in_bands)
    return Intake(path, card, in_bands, weights, fit(net, weights.tensors))


def keep_model(
    intake: Intake,
    home: WeightsHome,
    classes: Sequence[ModelClass],
    origin: Provenance,
    name: str | None = None,
) -> WeightsKept:
    """The weights as a version in the person's folder."""
    from segstudio.models.fitting import load_fitting

    net = _net(intake.card, class_count=len(classes), in_bands=intake.in_bands)
    load_fitting(net, intake.fitting)
    version = VersionStore(home.versions).add(
        card_id=intake.card.id,
        parent=None,
        state=net.state_dict(),
        classes=classes,
        input=InputSpec.for_dtype("uint8"),
        in_bands=intake.in_bands,
        settings={"weights": asdict(origin)},
        notes=[f"weights from elsewhere: {origin.title}, {origin.source}, licence: {origin.licence}"],
        name=name,
    )
    return WeightsKept(version.id, "model", version.folder, origin.licence, origin.source, origin.sha256)


def keep_encoder(
    intake: Intake, home: WeightsHome, encoders: Sequence[str], origin: Provenance, name: str
) -> WeightsKept:
    """The encoder's tensors in the person's folder, under the names their library gives them."""
    from segstudio.models.fitting import as_plain

    fitted = {each: intake.weights.tensors[each] for each in intake.fitting.encoder}
    record: dict[str, Any] = {**asdict(origin), "encoders": list(encoders)}
    path = home.keep_encoder(name, as_plain(fitted), record)
    return WeightsKept(name, "encoder", path, origin.licence, origin.source, origin.sha256)


def _in_bands(card: ModelCard, weights: "ForeignWeights") -> int:
    if card.has_adapter:
        kernels = [value for name, value in weights.tensors.items() if name.endswith(_ADAPTER_KERNEL)]
        return int(kernels[0].shape[1]) if kernels and kernels[0].dim() == 4 else 1
    return card.in_bands or max(3, card.min_bands)


def _net(card: ModelCard, *, class_count: int, in_bands: int) -> "SegmentationNet":
    net: SegmentationNet = default_registry().create_model(
        card.id, class_count=class_count, in_bands=in_bands
    )
    return net
