"""What is kept apart to judge with: whole blocks or whole images, never near what is learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segstudio.errors import CannotTrain
from segstudio.raster.window import Window
from segstudio.training.sequences import sequences
from segstudio.training.sources import Channels, SampleSource, extent_of

_MIN_PIXELS = 500  # of annotation in the hold-out, and in training: fewer say nothing
_CANDIDATES = 240
_WANTED_TILES = 4  # one to judge with, its surroundings, and something to learn from

Counts = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Split:
    """Which pixels judge, and which may therefore not teach.

    Attributes:
        blocks: For each source, the windows that judge.
        gap_px: Pixels within this distance of such a window teach nothing.
        notes: What the person should know about how the split was made.
    """

    blocks: tuple[tuple[Window, ...], ...]
    gap_px: int
    notes: tuple[str, ...] = ()

    def teaches(self, source: int, window: Window) -> NDArray[np.bool_] | None:
        """Which pixels of a window may be learned from, (h, w); None where all may."""
        near = [block.padded(self.gap_px).intersection(window) for block in self.blocks[source]]
        near = [part for part in near if not part.is_empty]
        if not near:
            return None
        allowed = np.ones(window.shape, np.bool_)
        for part in near:
            allowed[part.slices_in(window)] = False
        return allowed


@dataclass(frozen=True, slots=True)
class BlockGrid:
    """Annotated pixels of one source by block and class."""

    extent: Window
    block_px: int
    counts: Counts  # (rows, cols, K)

    @classmethod
    def of(cls, source: SampleSource, channels: Channels, block_px: int) -> "BlockGrid":
        """Count a source's annotation, chunk by chunk."""
        extent = extent_of(source)
        shape = (-(-extent.height // block_px), -(-extent.width // block_px), channels.count)
        counts = np.zeros(shape, np.int64)
        for row, col in source.annotation.written_chunks():
            window = source.annotation.chunk_window(row, col)
            ids = channels.of(source.annotation.read(window))
            for block in window.blocks(block_px):
                cell = counts[block.row_off // block_px, block.col_off // block_px]
                cell += np.bincount(ids[block.slices_in(window)].ravel(), minlength=256)[: channels.count]
        return cls(extent, block_px, counts)

    @property
    def total(self) -> Counts:
        """Annotated pixels of each class, (K,)."""
        summed: Counts = self.counts.sum(axis=(0, 1))
        return summed

    @property
    def said(self) -> Bools:
        """Which blocks hold annotation, (rows, cols)."""
        found: Bools = np.asarray(self.counts.sum(axis=2) > 0)
        return found

    def windows(self, chosen: Bools) -> tuple[Window, ...]:
        """The chosen blocks; neighbours in a row become one window."""
        size, found = self.block_px, []
        for row in np.flatnonzero(chosen.any(axis=1)):
            edges = np.flatnonzero(np.diff(chosen[row].astype(np.int8), prepend=0, append=0))
            for begin, end in edges.reshape(-1, 2):
                run = Window(int(begin) * size, int(row) * size, int(end - begin) * size, size)
                found.append(run.intersection(self.extent))
        return tuple(found)


def split(
    sources: Sequence[SampleSource],
    channels: Channels,
    *,
    patch_px: int,
    fraction: float = 0.2,
    seed: int = 0,
    class_names: Sequence[str] = (),
) -> Split:
    """Choose what judges: blocks in scenes, whole images (sequences together) among photos.

    Deterministic by seed, and balanced: a class that is said in enough places is on both sides.

    Raises:
        CannotTrain: Nothing, or one class only, was said, or too little to judge with.
    """
    grids = [BlockGrid.of(source, channels, patch_px) for source in sources]
    total = sum((grid.total for grid in grids), np.zeros(channels.count, np.int64))
    _refuse_hopeless(total, class_names or [str(k) for k in channels.class_ids])
    rng = np.random.default_rng(seed)
    said = [n for n, grid in enumerate(grids) if grid.said.any()]
    blocks: list[tuple[Window, ...]] = [()] * len(sources)
    if len(said) == 1 or not any(sources[n].info.is_photo for n in said):
        for n in said:
            blocks[n] = choose_blocks(grids[n], fraction, rng)
    if any(blocks):
        return Split(tuple(blocks), patch_px)
    held, notes = _choose_images(sources, grids, said, fraction, rng)
    for n in held:
        blocks[n] = (grids[n].extent,)
    return Split(tuple(blocks), patch_px, notes)


def choose_blocks(grid: BlockGrid, fraction: float, rng: np.random.Generator) -> tuple[Window, ...]:
    """Blocks of one scene that judge; none where the annotation is too small or too close together to be cut.

    Of many random sets of one to three rectangles the one that balances the classes best and wastes least.
    """
    said = grid.said
    best, best_cost = None, np.inf
    if not said.any():
        return ()
    for _ in range(_CANDIDATES):
        held = _random_rectangles(said, fraction, rng) & said
        lost = _grown(held) & said & ~held
        cost = _cost(grid.counts[held].sum(axis=0), grid.counts[lost].sum(axis=0), grid.total, fraction)
        if cost < best_cost:
            best, best_cost = held, cost
    return () if best is None else grid.windows(best)


def _choose_images(
    sources: Sequence[SampleSource],
    grids: Sequence[BlockGrid],
    said: Sequence[int],
    fraction: float,
    rng: np.random.Generator,
) -> tuple[list[int], tuple[str, ...]]:
    """Whole images that judge, sequences together where there are at least two."""
    groups = [[said[n] for n in group] for group in sequences([sources[n] for n in said])]
    notes: tuple[str, ...] = ()
    if len(groups) == 1 and len(said) > 1:
        groups = [[n] for n in said]
        notes = ("All photos belong to one sequence: the figures may flatter.",)
    counts = np.array([np.sum([grids[n].total for n in group], axis=0) for group in groups])
    best, best_cost = None, np.inf
    for _ in range(_CANDIDATES if len(groups) > 1 else 0):
        held = _random_groups(counts, fraction, rng)
        cost = _cost(counts[held].sum(axis=0), 0 * counts[0], counts.sum(axis=0), fraction)
        cost += _unevenness(held, groups, sources, fraction)
        if cost < best_cost:
            best, best_cost = held, cost
    if best is None:
        raise CannotTrain(_more_tiles([grids[n] for n in said]))
    return [n for group, is_held in zip(groups, best, strict=True) if is_held for n in group], notes


def _cost(held: Counts, lost: Counts, total: Counts, fraction: float) -> float:
    """How bad a split is; infinite where it cannot judge or cannot teach."""
    taught = total - held - lost
    if held.sum() < _MIN_PIXELS or taught.sum() < _MIN_PIXELS or (taught > 0).sum() < 2:
        return np.inf
    present = total > 0
    untaught = (present & (taught < 0.25 * total)).sum()
    unjudged = (present & (held < 0.02 * total)).sum()
    spread = np.abs(held[present] / total[present] - fraction).mean()
    off = abs(held.sum() / total.sum() - fraction)
    return float(4 * untaught + 2 * unjudged + spread + 4 * off + 1.5 * lost.sum() / total.sum())


def _random_rectangles(said: Bools, fraction: float, rng: np.random.Generator) -> Bools:
    """One to three rectangles of blocks within what was said, together about `fraction` of it."""
    rows, cols = np.flatnonzero(said.any(axis=1)), np.flatnonzero(said.any(axis=0))
    top, left = rows[0], cols[0]
    height, width = rows[-1] - top + 1, cols[-1] - left + 1
    count = int(rng.integers(1, 4))
    held = np.zeros_like(said)
    for _ in range(count):
        area = max(1.0, fraction / count * height * width * rng.uniform(0.6, 1.4))
        tall = int(np.clip(round(np.sqrt(area) * np.exp(rng.uniform(-1.2, 1.2))), 1, height))
        wide = int(np.clip(round(area / tall), 1, width))
        row = top + int(rng.choice([0, height - tall, rng.integers(height - tall + 1)]))
        col = left + int(rng.choice([0, width - wide, rng.integers(width - wide + 1)]))
        held[row : row + tall, col : col + wide] = True
    return held


def _random_groups(counts: Counts, fraction: float, rng: np.random.Generator) -> Bools:
    """Groups in random order until `fraction` of the annotation is reached; never all of them."""
    sizes = counts.sum(axis=1)
    held = np.zeros(len(sizes), np.bool_)
    wanted = fraction * sizes.sum()
    for n in rng.permutation(len(sizes))[:-1]:
        if held.any() and sizes[held].sum() + sizes[n] / 2 > wanted:
            continue
        held[n] = True
    return held


def _unevenness(
    held: Bools, groups: Sequence[Sequence[int]], sources: Sequence[SampleSource], fraction: float
) -> float:
    """How unlike the folders are in what they give: 0 where each gives the same share."""
    folders: dict[str, list[bool]] = {}
    for group, is_held in zip(groups, held, strict=True):
        folders.setdefault(str(Path(sources[group[0]].image_path).parent), []).append(bool(is_held))
    return float(np.mean([abs(np.mean(flags) - fraction) for flags in folders.values()]))


def _grown(blocks: Bools) -> Bools:
    """Blocks and their eight neighbours."""
    padded = np.pad(blocks, 1)
    rows = padded[:-2] | padded[1:-1] | padded[2:]
    grown: Bools = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return grown


def _refuse_hopeless(total: Counts, class_names: Sequence[str]) -> None:
    if not total.any():
        raise CannotTrain("Nothing is corrected yet: brush some corrections or approve a few tiles first.")
    if (total > 0).sum() == 1:
        name = class_names[int(total.argmax())]
        raise CannotTrain(
            f"Only class {name!r} is corrected so far: correct at least one other class as well."
        )


def _more_tiles(grids: Sequence[BlockGrid]) -> str:
    said = sum(int(grid.said.sum()) for grid in grids)
    missing = max(1, _WANTED_TILES - said)
    tiles = "1 more tile" if missing == 1 else f"{missing} more tiles"
    apart = 2 * grids[0].block_px
    return (
        "The corrections lie too close together to judge a new version by them: "
        f"approve {tiles} at least {apart} px away, or correct another image."
    )
