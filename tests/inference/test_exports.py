"""Converted nets are kept by content: in full or not at all, and never too many."""

import os
from pathlib import Path

import pytest

from segstudio.inference import exports
from segstudio.inference.exports import Export, ExportStore, key_of
from segstudio.inference.forward import NetShape

SHAPE = NetShape(in_bands=3, class_count=5, has_depth=True)


@pytest.fixture
def store(tmp_path) -> ExportStore:
    return ExportStore(tmp_path / "exports")


def made(model: Path, refused: str = "") -> Export:
    model.write_text("a net")
    return Export(model, SHAPE, refused, {"same_ids": 1.0})


def test_what_is_kept_is_found_again(store):
    kept = store.keep("a", made)
    assert kept == store.find("a")
    assert kept is not None
    assert kept.model.read_text() == "a net"
    assert kept.shape == SHAPE
    assert store.find("b") is None


def test_a_refusal_is_remembered(store):
    store.keep("a", lambda model: made(model, "it differs"))
    assert store.find("a").refused == "it differs"


def test_what_fails_half_way_leaves_nothing(store):
    def fails(model: Path) -> Export:
        made(model)
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        store.keep("a", fails)
    assert list(store.folder.iterdir()) == []


def test_who_comes_second_takes_what_is_there(store):
    def meanwhile(model: Path) -> Export:
        store.keep("a", made)
        return made(model, "later")

    assert store.keep("a", meanwhile).refused == ""
    assert [home.name for home in store.folder.iterdir()] == ["a"]


def test_a_damaged_record_is_made_again(store):
    store.keep("a", made)
    (store.folder / "a" / "record.json").write_text("{")
    assert store.find("a") is None
    assert store.keep("a", made) is not None


def test_one_that_was_being_deleted_is_made_again(store):
    store.keep("a", made)
    (store.folder / "a" / "record.json").unlink()
    assert store.find("a") is None
    assert store.keep("a", made) is not None


def test_those_not_used_for_longest_go(store, monkeypatch):
    monkeypatch.setattr(exports, "_MOST", 2)
    for age, name in enumerate("ab"):
        store.keep(name, made)
        os.utime(store.folder / name, (age, age))
    store.find("a")
    store.keep("c", made)
    assert {home.name for home in store.folder.iterdir()} == {"a", "c"}


def test_without_a_place_to_write_there_is_no_export(tmp_path):
    (tmp_path / "file").write_text("")
    assert ExportStore(tmp_path / "file").keep("a", made) is None


def test_a_key_follows_facts_and_content(tmp_path):
    file = tmp_path / "weights"
    file.write_bytes(b"1")
    first = key_of({"patch": 512}, file)
    assert first == key_of({"patch": 512}, file)
    assert first != key_of({"patch": 256}, file)
    file.write_bytes(b"23")
    assert first != key_of({"patch": 512}, file)
