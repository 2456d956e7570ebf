"""What the starter recipe is asked to make, as values."""

from dataclasses import dataclass
from pathlib import Path

from segstudio.models.cards import GRAY_PREFIX
from segstudio.models.input_spec import InputSpec
from segstudio.training.settings import FineTuneSettings


@dataclass(frozen=True, slots=True)
class StarterRequest:
    """One card's starter weights.

    Attributes:
        card: The card to train; "gray:" trains its gray version. Its depth decoder learns the height above
            ground of the procedural places where it has one.
        output: Folder for `<card>.safetensors` and `<card>.json`.
        scenes: Folder that keeps the rendered places; those that are there are not rendered again.
        data: Folder of the permissive sets (see `public_sets`); None teaches with places alone.
        leave_out: Tiles of Dubai that teach nothing and judge: "Tile 6".
        start: Weights to start from instead of random ones.
        figures: Record of a run of this recipe that left tiles out: weights taught with all of them have no
            hold-out of their own, and show its figures.
        steps: Budget in steps; None leaves it to `minutes`, rendering not counted.
        places: How many places teach; `judges` more judge.
        size_px: Side of a place.
        device: "auto", "cpu", "cuda", ...
        threads: Torch threads on the CPU; None leaves torch's own choice.
    """

    card: str
    output: Path
    scenes: Path
    data: Path | None = None
    leave_out: tuple[str, ...] = ()
    start: Path | None = None
    figures: Path | None = None
    steps: int | None = None
    minutes: float = 30.0
    places: int = 96
    judges: int = 10
    size_px: int = 768
    seed: int = 0
    device: str = "auto"
    threads: int | None = None

    @property
    def file_name(self) -> str:
        """The weights' name without suffix."""
        return self.card.replace(GRAY_PREFIX, "gray-")

    @property
    def in_bands(self) -> int:
        """Bands of the images it learns from."""
        return 1 if self.card.startswith(GRAY_PREFIX) else 3

    @property
    def settings(self) -> FineTuneSettings:
        """How the trainer is told to go about it."""
        return FineTuneSettings(
            minutes=None if self.steps else self.minutes,
            steps=self.steps,
            from_scratch=True,
            learning_rate=None if self.start is None else 1.5e-3,
            schedule="auto" if self.start is None else "joint",
            seed=self.seed,
            view="aerial",
            evaluations=8,
            threads=self.threads,
        )

    @property
    def command(self) -> str:
        """The command that repeats this run, without the folders of whoever ran it."""
        budget = f"--steps {self.steps}" if self.steps else f"--minutes {self.minutes:g}"
        words = [f"segstudio recipe starter --card {self.card} {budget} --seed {self.seed}"]
        words.append(f"--places {self.places} --judges {self.judges} --size {self.size_px}")
        words += ["--data DATA"] if self.data else []
        words += [f'--leave-out "{tile}"' for tile in self.leave_out]
        words += [f"--start {self.start.name}"] if self.start else []
        return " ".join(words)

    @property
    def input(self) -> InputSpec:
        """Bytes as they are: a stretch of each image's own would make every lake look like every meadow."""
        return InputSpec.for_dtype("uint8")
