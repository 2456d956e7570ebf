"""Versions, weights, plugins, ONNX files and class lists from anybody: used, or refused in a sentence."""

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import strategies as st

from segstudio import shipped
from segstudio.errors import ModelError
from segstudio.jobs.class_mapping import class_ids_of
from segstudio.mask.classes import load_classes
from segstudio.models.cards import ModelClass
from segstudio.models.foreign_weights import read_foreign
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.assembly import assemble
from segstudio.models.plugins import content_hash, files_of, read_plugin
from segstudio.models.trust import TrustStore
from segstudio.models.versions import VersionStore, resolve_model
from segstudio.models.weights import create_for
from segstudio.models.weights_home import WeightsHome
from segstudio.ui.panels.figures import class_changes, mean_iou
from tests.fuzz.confinement import confined_to
from tests.fuzz.mutations import Changes, broken, mutations
from tests.fuzz.properties import Property, judge, run_in_child, run_quick

NAMES = (
    "version.json",
    "version values",
    "safetensors",
    "torch",
    "old torch",
    "plugin",
    "onnx",
    "classes",
    "lists",
)
_HOSTILE = (
    None, True, 0, -1, 1, 7, 10**9, 10**30, 1.5, float("nan"), float("inf"), "", "x", "../../etc", "\0",
    "a\nb", "#00FF00", "x" * 10_000, [], {}, [None], [[]], {"a": {}}, [1e308, -1e308], [10**30],
    ["x"] * 3000, [{"name": "a", "colour": "#000000"}] * 400, {"name": [], "colour": {}},
    {"bands": [-1], "scaling": "fixed"},
)  # fmt: skip


@cache
def _version() -> tuple[dict[str, Any], bytes]:
    """A version's record and its weights."""
    state = {"body.conv.weight": np.ones((2, 3, 1, 1), np.float32), "body.conv.bias": np.zeros(2, np.float32)}
    with TemporaryDirectory() as home:
        made = VersionStore(Path(home)).add(
            card_id="conv1x1",
            parent="conv1x1",
            state=state,
            classes=[ModelClass("road", "#112233"), ModelClass("water", "#445566")],
            input=InputSpec.for_dtype("uint8"),
            in_bands=3,
            figures={"before": {"mean_iou": 0.5}, "after": {"mean_iou": 0.6, "per_class": []}},
            settings={"class_ids": [0, 1], "weights": {"source": "x", "licence": "y"}},
            notes=["a note"],
        )
        values = json.loads((made.folder / "version.json").read_text())
        return values, made.weights_file.read_bytes()


def use_version(store: Path) -> None:
    """What the panels and a prediction do with the versions of a project."""
    versions = VersionStore(store)
    for each in versions.all():
        versions.chain(each.id)
        class_changes(each.figures.get("before"), each.figures.get("after"))
        mean_iou(each.figures.get("after") or {})
        ", ".join(each.notes)
        ref = resolve_model(each.id, versions)
        class_ids_of(ref)
        assert ref.in_bands is None or ref.in_bands > 0
        judge(create_for, ref)
    for each in versions.broken():
        assert "\n" not in each.reason and len(each.reason) < 400, each.reason
    versions.get("town")


def put_version(store: Path, record: bytes, weights: bytes) -> None:
    folder = store / "town"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "version.json").write_bytes(record)
    (folder / "weights.safetensors").write_bytes(weights)


def of_file(write: Callable[[bytes], None], use: Callable[[], object], sound: bytes, home: Path) -> Property:
    """A file with broken bytes, looked at within its folder."""

    def check(changes: Changes) -> None:
        write(broken(sound, changes))
        with confined_to(home):
            use()

    return Property(check, mutations(sound, [(0, 60), (0, 400)]), quick=25)


def of_values(home: Path) -> Property:
    """A record in which one to three values are something else."""
    record, weights = _version()
    paths = [(key,) for key in record]
    paths += [("input", key) for key in record["input"]] + [("classes", 0), ("classes", 0, "name")]
    paths += [("figures", "after"), ("figures", "after", "per_class"), ("figures", "before", "mean_iou")]
    paths += [("settings", "class_ids"), ("settings", "weights"), ("notes", 0)]
    change = st.tuples(st.sampled_from(paths), st.sampled_from(_HOSTILE))

    def check(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
        values = json.loads(json.dumps(record))
        for path, value in changes:
            _put(values, path, deepcopy(value))  # a change within a value is not for the next example
        put_version(home / "versions", json.dumps(values).encode(), weights)
        with confined_to(home):
            use_version(home / "versions")

    return Property(check, st.lists(change, min_size=1, max_size=3), quick=60)


def _put(values: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        try:
            values = values[step]
        except (TypeError, KeyError, IndexError):
            return
    if isinstance(values, dict) or (isinstance(values, list) and path[-1] in range(len(values))):
        values[path[-1]] = value


def of_class_lists(home: Path) -> Property:
    """A list of classes with anything in it."""
    path = home / "classes.json"
    keys = st.sampled_from(["id", "name", "colour", "color", "visible", "x"])
    entry = st.one_of(st.dictionaries(keys, st.sampled_from(_HOSTILE), max_size=4), st.sampled_from(_HOSTILE))

    def check(values: Any) -> None:
        path.write_text(json.dumps(values))
        load_classes(path)

    return Property(check, st.one_of(st.lists(entry, max_size=6), st.sampled_from(_HOSTILE)), quick=60)


def _torch_file(*, is_old: bool) -> bytes:
    buffer = io.BytesIO()
    state = {"conv.weight": torch.arange(6.0).view(2, 3), "bn.num_batches_tracked": torch.tensor(7)}
    torch.save({"state_dict": state}, buffer, _use_new_zipfile_serialization=not is_old)
    return buffer.getvalue()


def look_at_plugin(folder: Path) -> None:
    """What the window does with a plugin before anybody has allowed it."""
    record = read_plugin(folder)
    assert record.is_broken or record.cards
    assert "\n" not in (record.problem or ""), record.problem
    files_of(folder)
    content_hash(folder)
    for card in record.cards:
        json.dumps(card.to_json())
        assert card.takes(3) in (True, False)


def _plugin_property(home: Path) -> Property:
    folder = home / "plugin"
    folder.mkdir(exist_ok=True)
    (folder / "models.py").write_text("raise SystemExit('this must never run')")
    sound = (shipped.plugins() / "template" / "plugin.toml").read_bytes()
    return of_file((folder / "plugin.toml").write_bytes, lambda: look_at_plugin(folder), sound, home)


def _onnx_property(home: Path) -> Property:
    folder = home / "networks"
    folder.mkdir(exist_ok=True)
    for name in ("plugin.toml", "network.py"):
        (folder / name).write_bytes((shipped.plugins() / "onnx_model" / name).read_bytes())
    sound = (shipped.plugins() / "onnx_model" / "example.onnx").read_bytes()
    card = read_plugin(folder).cards[0]

    def use() -> None:
        net = assemble(card, class_count=2)
        net.eval()(torch.rand(1, 3, 24, 24))

    return of_file((folder / "example.onnx").write_bytes, use, sound, home)


def properties(home: Path) -> dict[str, Property]:
    record, weights = _version()
    versions, foreign, classes = home / "versions", home / "net.pth", home / "classes.json"
    told = json.dumps(record).encode()
    listed = b'[{"id": 0, "name": "road", "colour": "#6EC1E4"}, {"id": 1, "name": "water"}]'
    read = lambda: read_foreign(foreign)  # noqa: E731
    return {
        "version.json": of_file(
            lambda data: put_version(versions, data, weights), lambda: use_version(versions), told, home
        ),
        "version values": of_values(home),
        "safetensors": of_file(
            lambda data: put_version(versions, told, data), lambda: use_version(versions), weights, home
        ),
        "torch": of_file(foreign.write_bytes, read, _torch_file(is_old=False), home),
        "old torch": of_file(foreign.write_bytes, read, _torch_file(is_old=True), home),
        "plugin": _plugin_property(home),
        "onnx": _onnx_property(home),
        "classes": of_file(classes.write_bytes, lambda: load_classes(classes), listed, home),
        "lists": of_class_lists(home),
    }


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_used_or_refused(tmp_path: Path, name: str) -> None:
    run_quick(properties(tmp_path)[name])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_broken_files_are_used_or_refused(name: str) -> None:
    run_in_child(__name__, name)


def _header(entries: dict[str, Any], body: bytes = bytes(64)) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + body


def _tensor(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 50) + b"{}",
        struct.pack("<Q", 8) + b'{"a":[{{',
        _header({"a": _tensor([2**40, 2**40], 0, 64)}),
        _header({"a": _tensor([16], 0, 64), "b": _tensor([16], 0, 64)}),
        _header({"a": _tensor([16], 0, 64), "b": _tensor([16], 32, 96)}),
        _header({"a": _tensor([16], 64, 0)}),
        _header({"a": _tensor([-1], 0, 64)}),
        _header({"a": _tensor([16], 0, 2**62)}),
        _header({"a": _tensor([16], 0, 64, "F4")}),
        _header({f"t{number}": _tensor([0], 0, 0) for number in range(20_000)}, b""),
        struct.pack("<Q", 200_000) + b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, data: bytes) -> None:
    record, _ = _version()
    put_version(tmp_path, json.dumps(record).encode(), data)
    with pytest.raises(ModelError):
        create_for(resolve_model("town", VersionStore(tmp_path)))
    (tmp_path / "net.safetensors").write_bytes(data)
    judge(read_foreign, tmp_path / "net.safetensors")


@pytest.mark.parametrize(
    "name", ["version.json", "plugin.toml", "classes.json", "trusted.json", "encoder.json"]
)
@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, '{"a":' * 200_000, "a." * 2000 + "a = 1", "\ufeff{}", "\0"],
    ids=["lists", "objects", "tables", "a mark of byte order", "a zero"],
)
def test_a_text_nested_without_end_is_refused(tmp_path: Path, name: str, text: str) -> None:
    home = WeightsHome(tmp_path / "weights")
    for folder in (tmp_path / "town", home.encoders):
        folder.mkdir(parents=True)
    place = {"encoder.json": home.encoders, "version.json": tmp_path / "town"}.get(name, tmp_path)
    (place / name).write_text(text, encoding="utf-8")
    use = {
        "version.json": lambda: VersionStore(tmp_path).broken(),
        "plugin.toml": lambda: read_plugin(tmp_path),
        "classes.json": lambda: load_classes(tmp_path / name),
        "trusted.json": lambda: TrustStore(tmp_path / name).holds("x"),
        "encoder.json": lambda: home.has_encoder("encoder"),
    }[name]
    judge(lambda _: use(), None)


def test_a_pickle_hidden_behind_a_sound_one_does_not_run(tmp_path: Path) -> None:
    class Touch:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "touched",)

    sound = _torch_file(is_old=False)
    for name in ("archive/version", "archive/data/9", "other/data.pkl", "archive/more.pkl", "data.pkl"):
        path = tmp_path / f"{len(name)}.pth"
        path.write_bytes(sound)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(f"{name}.x" if name == "archive/version" else name, pickle.dumps(Touch()))
        judge(read_foreign, path)
        assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("place", ["../secret.bin", "/etc/hostname", "{folder}/../secret.bin", "link.bin"])
def test_an_onnx_file_gets_no_tensors_from_outside_its_folder(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "networks"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(4096))
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    for name in ("plugin.toml", "network.py"):
        (folder / name).write_bytes((shipped.plugins() / "onnx_model" / name).read_bytes())
    model = onnx.load(shipped.plugins() / "onnx_model" / "example.onnx")
    weights = model.graph.initializer[0]
    del weights.float_data[:]
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value=place.format(folder=folder))
    (folder / "example.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError):
        assemble(read_plugin(folder).cards[0], class_count=2)
