"""What the thread that writes predictions.db is asked to do, one entry each."""

from dataclasses import dataclass

from segstudio.mask.packing import pack
from segstudio.mask.plane import Array
from segstudio.project.chunks import small
from segstudio.project.database import Database
from segstudio.raster.window import Window

Place = tuple[int, int, int]
"""Image id, row and column of a chunk."""


@dataclass(frozen=True, slots=True)
class PredictionChunk:
    """What a model says about one chunk; nobody writes into these arrays any more."""

    prediction: Array
    doubt: Array
    depth: Array | None
    version_id: str

    def write(self, database: Database, place: Place, *, quick: bool) -> None:
        """Store it, packed; `quick` leaves noisy planes as they are."""
        depth = self.depth
        small_depth = None if depth is None else pack(small(depth))
        packed_depth = None if depth is None else pack(depth, quick=quick)
        overviews = pack(small(self.prediction)), pack(small(self.doubt)), small_depth
        planes = pack(self.prediction), pack(self.doubt, quick=quick), packed_depth
        database.execute(
            "INSERT OR REPLACE INTO prediction_chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, self.version_id, *overviews, *planes),
        )


@dataclass(frozen=True, slots=True, eq=False)
class ImageCleared:
    """Nothing is said about an image any more."""

    image_id: int

    def write(self, database: Database) -> None:
        """Remove its chunks and what the ledger says of them."""
        for table in ("prediction_chunks", "finished_strips"):
            database.execute(f"DELETE FROM {table} WHERE image_id = ?", (self.image_id,))


@dataclass(frozen=True, slots=True, eq=False)
class StripFinished:
    """The ledger's line: all chunks of a strip of a plan are stored."""

    image_id: int
    plan: str
    strip: Window

    def write(self, database: Database) -> None:
        """Add the line."""
        strip = self.strip
        database.execute(
            "INSERT OR REPLACE INTO finished_strips VALUES (?, ?, ?, ?, ?, ?)",
            (self.image_id, self.plan, strip.col_off, strip.row_off, strip.width, strip.height),
        )


@dataclass(frozen=True, slots=True, eq=False)
class StripsOverwritten:
    """Strips that meet a window no longer say what their plan said, but for those of the plan `but`."""

    image_id: int
    window: Window
    but: str | None = None

    def write(self, database: Database) -> None:
        """Take the lines out of the ledger."""
        window = self.window
        database.execute(
            "DELETE FROM finished_strips WHERE image_id = ? AND plan IS NOT ? AND col_off < ? AND row_off < ?"
            " AND col_off + width > ? AND row_off + height > ?",
            (self.image_id, self.but, window.col_end, window.row_end, window.col_off, window.row_off),
        )

    def concerns(self, line: StripFinished) -> bool:
        """Whether a line of the ledger is no longer true."""
        is_other = line.image_id == self.image_id and line.plan != self.but
        return is_other and not line.strip.intersection(self.window).is_empty


Note = ImageCleared | StripFinished | StripsOverwritten
"""What is not a chunk."""
