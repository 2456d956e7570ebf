"""Consent is kept by content, survives the program, and ends with the first changed byte."""

import json

import pytest

from segstudio.errors import ModelError
from segstudio.models.builtin import builtin_cards
from segstudio.models.plugins import read_plugin, read_plugins
from segstudio.models.registry import Registry, Trust
from segstudio.models.trust import TrustStore

TOML = """
[plugin]
title = "Rule"
licence = "MIT"
[[model]]
id = "rule"
kind = "function"
builder = "rule.py:build"
[[model.class]]
name = "thing"
colour = "#112233"
"""


@pytest.fixture
def store(tmp_path):
    return TrustStore(tmp_path / "own" / "trusted.json")


@pytest.fixture
def folder(tmp_path):
    plugin = tmp_path / "plugins" / "rule"
    plugin.mkdir(parents=True)
    (plugin / "plugin.toml").write_text(TOML, encoding="utf-8")
    (plugin / "rule.py").write_text("def build(*, class_count): ...\n", encoding="utf-8")
    return plugin


def registry_of(folder, store):
    return Registry(builtin_cards(), read_plugins(folder.parent), store=store)


def test_nothing_is_trusted_until_somebody_agreed(folder, store):
    registry = registry_of(folder, store)
    assert registry.trust_in(registry.plugin("rule")) is Trust.NOT_YET
    assert not store.file.exists()


def test_consent_is_there_for_the_next_program(folder, store):
    registry = registry_of(folder, store)
    registry.trust(registry.plugin("rule"))
    again = registry_of(folder, TrustStore(store.file))
    assert again.trust_in(again.plugin("rule")) is Trust.ALLOWED


def test_the_first_changed_byte_ends_it_and_the_old_files_have_it_back(folder, store):
    registry = registry_of(folder, store)
    registry.trust(registry.plugin("rule"))
    before = (folder / "rule.py").read_bytes()
    (folder / "rule.py").write_bytes(before + b"#")
    assert registry.trust_in(registry.plugin("rule")) is Trust.CHANGED
    with pytest.raises(ModelError, match=r"changed since you agreed.*segstudio plugins trust rule"):
        registry.create_model("rule", class_count=1)
    (folder / "rule.py").write_bytes(before)
    assert registry.trust_in(registry.plugin("rule")) is Trust.ALLOWED


def test_a_new_file_ends_it_too_but_what_python_compiled_does_not(folder, store):
    registry = registry_of(folder, store)
    registry.trust(registry.plugin("rule"))
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "rule.cpython-311.pyc").write_bytes(b"compiled")
    assert registry.trust_in(registry.plugin("rule")) is Trust.ALLOWED
    (folder / "__pycache__" / "hidden.py").write_bytes(b"")
    assert registry.trust_in(registry.plugin("rule")) is Trust.CHANGED


def test_consent_holds_for_what_was_seen_not_for_what_lies_there_meanwhile(folder, store):
    registry = registry_of(folder, store)
    seen = registry.plugin("rule").content_hash
    (folder / "rule.py").write_text("something else", encoding="utf-8")
    registry.trust(registry.plugin("rule"), seen)
    assert registry.trust_in(registry.plugin("rule")) is Trust.CHANGED


def test_consent_is_taken_back_once(folder, store):
    registry = registry_of(folder, store)
    registry.trust(registry.plugin("rule"))
    assert registry.distrust(registry.plugin("rule"))
    assert registry.trust_in(registry.plugin("rule")) is Trust.NOT_YET
    assert not registry.distrust(registry.plugin("rule"))


@pytest.mark.parametrize("text", ["", "[]", '{"agreed": 3}', '{"agreed": {"a": 3}}', "\x00"])
def test_a_damaged_file_trusts_nobody_and_is_written_anew(folder, store, text, caplog):
    store.file.parent.mkdir()
    store.file.write_text(text, encoding="utf-8")
    registry = registry_of(folder, store)
    assert registry.trust_in(registry.plugin("rule")) is Trust.NOT_YET
    assert "no plugin is trusted" in caplog.text
    registry.trust(registry.plugin("rule"))
    assert registry.trust_in(registry.plugin("rule")) is Trust.ALLOWED
    assert json.loads(store.file.read_text())["format"] == 1


def test_a_place_that_cannot_be_written_is_a_sentence(folder, tmp_path):
    (tmp_path / "own").write_text("a file where a folder should be")
    registry = registry_of(folder, TrustStore(tmp_path / "own" / "trusted.json"))
    with pytest.raises(ModelError, match="consent cannot be kept"):
        registry.trust(registry.plugin("rule"))


def test_plugins_are_read_again_as_they_are_now(folder, store):
    registry = registry_of(folder, store)
    (folder / "plugin.toml").write_text(TOML.replace('id = "rule"', 'id = "law"'), encoding="utf-8")
    registry.take_plugins([read_plugin(folder)])
    assert registry.card("law").title == "law"
    with pytest.raises(ModelError, match="no model 'rule'"):
        registry.card("rule")


def test_two_plugins_of_one_name_are_told_apart_by_breaking_the_second(folder, store, tmp_path):
    second = tmp_path / "more" / "rule"
    second.mkdir(parents=True)
    (second / "plugin.toml").write_text(TOML.replace('id = "rule"', 'id = "law"'), encoding="utf-8")
    (second / "rule.py").touch()
    registry = Registry((), [read_plugin(folder), read_plugin(second)], store=store)
    assert registry.plugins[1].problem == "there is another plugin named 'rule': rename this folder"


def test_an_unknown_plugin_is_answered_with_those_there_are(folder, store):
    with pytest.raises(ModelError, match="no plugin 'role': there are rule"):
        registry_of(folder, store).plugin("role")
