"""A write-ahead log that lost its end or its order gives an acknowledged state, never a mixture.

SIGKILL leaves what the system still holds in memory; a power cut does not. Here the log is what a power cut
may leave: cut off anywhere behind what was moved into the database, or with frames that never were in order.
"""

import itertools
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import CLASSES, write_image

from segstudio.mask.history import all_at_once
from segstudio.project.project import Project
from segstudio.raster.window import Window

HEADER, FRAME_HEADER = 32, 24
SECTOR = 512
EDITS = 9
QUERIES = (
    "SELECT cursor FROM images",
    "SELECT row, col, annotation, origin FROM annotation_chunks ORDER BY row, col",
    "SELECT id, tool, counts FROM journal ORDER BY id",
    "SELECT edit_id, row, col, change FROM journal_changes ORDER BY edit_id, row, col",
    "SELECT class_id, pixels FROM class_counts WHERE pixels != 0 ORDER BY class_id",
    "SELECT id, name FROM classes ORDER BY id",
    "SELECT name, value FROM settings ORDER BY name",
)


@dataclass(frozen=True)
class Log:
    """A write-ahead log in pieces; those left from before its last restart have another salt."""

    head: bytes
    frames: tuple[bytes, ...]

    @classmethod
    def of(cls, data: bytes) -> "Log":
        size = FRAME_HEADER + struct.unpack(">I", data[8:12])[0]
        body = data[HEADER:]
        return cls(data[:HEADER], tuple(body[at : at + size] for at in range(0, len(body) - size + 1, size)))

    @property
    def live(self) -> int:
        """So many frames count."""
        return sum(frame[8:16] == self.head[16:24] for frame in self.frames)

    def commits(self, count: int) -> int:
        """Transactions that end within the first frames: their last frame says how large the database is."""
        return sum(struct.unpack(">I", frame[4:8])[0] > 0 for frame in self.frames[: min(count, self.live)])


@dataclass(frozen=True)
class Recording:
    """The files at the last acknowledgement, and what each one promised since the log began."""

    database: bytes
    log: Log
    states: list[list]


def state_of(path: Path) -> list:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [connection.execute(query).fetchall() for query in QUERIES]


@pytest.fixture(scope="module", params=["untouched", "checkpointed half-way"])
def recording(request, tmp_path_factory) -> Recording:
    folder = tmp_path_factory.mktemp("recorded")
    image = write_image(folder / "scene.tif", width=90, height=70)
    Project.create(folder / "town", classes=CLASSES, images=[image]).close()
    path, wal = folder / "town" / "project.db", folder / "town" / "project.db-wal"
    with Project.open(folder / "town") as project:
        states = [state_of(path)]
        for number in range(EDITS):
            work(project, number)
            states.append(state_of(path))
            if request.param != "untouched" and number == EDITS // 2:
                assert project._store.database.row("PRAGMA wal_checkpoint(PASSIVE)")[0] == 0
                states = states[-1:]
        return Recording(path.read_bytes(), Log.of(wal.read_bytes()), states)


def work(project: Project, number: int) -> None:
    """One transaction: a stroke, a fill, a merge, or one of them taken back."""
    document = project.open_document(1)
    window = Window(5 * number, 3 * number, 20, 20)
    match number % 5:
        case 0 | 1:
            document.begin_stroke("brush", number % 2)
            document.paint(window, np.ones(window.shape, bool))
            document.end_stroke()
        case 2:
            noise = np.random.default_rng(number).integers(0, 3, window.shape, dtype=np.uint8)
            document.apply_edit("fill", "fill", window, noise, None)
        case 3:
            all_at_once(document.remove_class_steps(1, 0)) if 1 in project.classes.ids else document.undo()
        case _:
            document.undo()


def opened(folder: Path, recording: Recording, log: bytes, database: bytes | None = None) -> list:
    """What SQLite makes of a database (the recorded one) and a log."""
    path = folder / "project.db"
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(database or recording.database)
    path.with_name("project.db-wal").write_bytes(log)
    return state_of(path)


def moved_into_database(folder: Path, recording: Recording) -> bytes:
    """The database after the whole log has been moved into it."""
    log = recording.log
    opened(folder, recording, log.head + b"".join(log.frames))
    with closing(sqlite3.connect(folder / "project.db")) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return (folder / "project.db").read_bytes()


def test_every_acknowledged_step_was_one_commit_at_the_end_of_the_log(recording):
    count = len(recording.states) - 1
    assert recording.log.commits(len(recording.log.frames)) == count >= EDITS // 2
    assert len({repr(state) for state in recording.states}) == count + 1


def test_a_log_cut_off_anywhere_gives_what_was_acknowledged_up_to_there(tmp_path, recording):
    log = recording.log
    data, size = log.head + b"".join(log.frames), len(log.frames[0])
    rng = np.random.default_rng(0)
    for count in range(log.live + 1):
        boundary = HEADER + count * size
        for cut in {boundary, min(len(data), boundary + int(rng.integers(1, size)))}:
            assert opened(tmp_path, recording, data[:cut]) == recording.states[log.commits(count)]


def test_a_log_cut_off_in_its_head_gives_what_was_there_before(tmp_path, recording):
    for cut in range(0, HEADER, 5):
        assert opened(tmp_path, recording, recording.log.head[:cut]) == recording.states[0]


def test_frames_out_of_order_end_the_log_where_they_begin(tmp_path, recording):
    log, rng = recording.log, np.random.default_rng(1)
    places = list(range(log.live))
    pairs = [*itertools.pairwise(places), *(sorted(rng.choice(places, 2, replace=False)) for _ in range(20))]
    for first, second in pairs:
        frames = list(log.frames)
        frames[first], frames[second] = frames[second], frames[first]
        found = opened(tmp_path, recording, log.head + b"".join(frames))
        assert found == recording.states[log.commits(first)]


def test_one_flipped_bit_ends_the_log_before_its_frame(tmp_path, recording):
    log, rng = recording.log, np.random.default_rng(2)
    for place in range(0, log.live, 3):
        frames = [bytearray(frame) for frame in log.frames]
        frames[place][int(rng.integers(0, len(frames[place])))] ^= 1 << int(rng.integers(0, 8))
        found = opened(tmp_path, recording, log.head + b"".join(frames))
        assert found == recording.states[log.commits(place)]


def test_a_checkpoint_cut_off_half_way_loses_nothing(tmp_path, recording):
    log, rng = recording.log, np.random.default_rng(3)
    after = np.frombuffer(moved_into_database(tmp_path, recording), np.uint8)
    before = np.zeros_like(after)
    before[: len(recording.database)] = np.frombuffer(recording.database, np.uint8)[: len(after)]
    for _ in range(12):
        arrived = np.repeat(rng.random(len(after) // SECTOR) < rng.random(), SECTOR)
        torn = np.where(arrived, after, before).tobytes()
        assert opened(tmp_path, recording, log.head + b"".join(log.frames), torn) == recording.states[-1]


def test_after_a_cut_the_project_opens_and_goes_on(tmp_path, recording):
    (tmp_path / "town").mkdir()
    write_image(tmp_path / "scene.tif", width=90, height=70)
    log = recording.log
    opened(tmp_path / "town", recording, log.head + b"".join(log.frames[: log.live // 2])[:-1])
    with Project.open(tmp_path / "town") as project:
        document = project.open_document(1)
        assert document.counts() == document.mask.counts()
        work(project, 0)
        while document.undo():
            pass
        assert document.mask.counts() == {}
