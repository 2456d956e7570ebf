"""The registry answers wrong names with near ones and says how to make bands fit."""

import json

import pytest

from segstudio.errors import ModelError
from segstudio.models.builtin import builtin_cards
from segstudio.models.cards import ModelCard, WeightsRef, with_adapter
from segstudio.models.registry import Registry, default_registry


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(ModelError, match="did you mean mff-light"):
        default_registry().card("mff-ligth")


def test_a_wrong_name_behind_the_adapter_is_answered_behind_the_adapter():
    with pytest.raises(ModelError, match="gray:two-decoder-light"):
        default_registry().card("gray:two-decoders-light")


def test_a_name_like_no_other_is_answered_with_all_of_them():
    with pytest.raises(ModelError, match=r"choose one of .*mff-light.*conv1x1"):
        default_registry().card("zzzzzz")


@pytest.mark.parametrize("card", builtin_cards(), ids=lambda card: card.id)
def test_the_adapter_wraps_every_card_once(card):
    wrapped = default_registry().card(f"gray:{card.base_id}")
    assert wrapped.id == f"gray:{card.base_id}"
    assert wrapped.takes(1)
    assert wrapped.takes(13)
    assert with_adapter(wrapped) is wrapped


def test_three_band_cards_refuse_one_band_and_name_the_way_out():
    with pytest.raises(
        ModelError, match=r"expects 3 bands, not 1: choose the gray adapter \('gray:mff-light'\)"
    ):
        default_registry().create_model("mff-light", class_count=5, in_bands=1)


def test_hidden_cards_show_only_when_asked_for():
    shown = {card.id for card in default_registry().cards()}
    assert "conv1x1" not in shown
    assert "conv1x1" in {card.id for card in default_registry().cards(include_hidden=True)}


def test_every_card_says_what_a_person_wants_to_know_and_goes_through_json():
    for card in default_registry().cards():
        assert card.title
        assert card.summary.endswith(".")
        assert card.paper
        assert card.licence
        assert json.loads(json.dumps(card.to_json()))["id"] == card.id


def test_a_builder_that_is_not_there_is_a_sentence():
    card = ModelCard(
        id="lost", title="", family="", summary="", encoder="", builder="segstudio.models.nets.lost:build"
    )
    with pytest.raises(ModelError, match="model 'lost' cannot be built"):
        Registry([card]).create_model("lost", class_count=2)


def write_shipped(folder, name, **changes):
    from safetensors.numpy import save_file

    record = {
        "classes": [{"name": "road", "colour": "#101010"}],
        "input": {"bands": None, "scaling": "fixed", "low": [0], "high": [255]},
    } | changes
    (folder / "weights").mkdir(exist_ok=True)
    save_file({}, folder / "weights" / f"{name}.safetensors")
    (folder / "weights" / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def card(tmp_path, monkeypatch):
    monkeypatch.setattr("segstudio.shipped.resources", lambda: tmp_path)
    return ModelCard(
        id="a", title="", family="", summary="", encoder="", builder="", weights=(WeightsRef("a"),)
    )


def test_a_card_is_trained_only_where_its_files_are(card, tmp_path):
    assert not card.is_trained
    assert card.classes is None
    write_shipped(tmp_path, "a")
    assert card.is_trained
    assert [each.name for each in card.classes] == ["road"]


def test_the_adapter_makes_do_with_the_plain_cards_weights_and_prefers_its_own(card, tmp_path):
    write_shipped(tmp_path, "a")
    assert with_adapter(card).shipped_weights.file.stem == "a"
    write_shipped(tmp_path, "gray-a", in_bands=1)
    assert with_adapter(card).shipped_weights.file.stem == "gray-a"


def test_a_damaged_record_leaves_the_card_untrained(card, tmp_path, caplog):
    write_shipped(tmp_path, "a", classes=[{"colour": "#101010"}])
    assert not card.is_trained
    assert "shipped weights a cannot be read" in caplog.text
