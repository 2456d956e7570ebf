"""An untrained card starts from a trained encoder unless told to start from scratch; its record says so."""

import pytest
import torch
from known_scenes import class_map, paint
from safetensors.torch import load_file
from test_fine_tune_job import make_project

from segstudio.jobs.fine_tune import FineTuneRequest, fine_tune
from segstudio.jobs.pupil import choose_pupil
from segstudio.jobs.teaching_material import read_material
from segstudio.models.registry import default_registry
from segstudio.models.versions import VersionStore
from segstudio.models.weights_home import WeightsHome, encoder_start
from segstudio.training.settings import FineTuneSettings

CARD = "unet-light"
SETTINGS = FineTuneSettings(epochs=1, patch_px=64, batch=4, evaluations=1)


@pytest.fixture
def home(tmp_path, monkeypatch):
    kept = WeightsHome(tmp_path / "weights")
    monkeypatch.setattr(WeightsHome, "of_this_person", classmethod(lambda cls: kept))
    return kept


@pytest.fixture
def project(tmp_path):
    ids = class_map(320, 320, seed=5)
    return make_project(tmp_path, paint(ids), ids)


def test_every_light_card_without_weights_starts_from_the_shipped_encoder(home):
    light = [card for card in default_registry().cards() if card.encoder == "MobileNetV3-Large"]
    assert len(light) >= 6
    for card in light:
        assert encoder_start(card, home).name == "encoder-procedural"
    assert not default_registry().card(CARD).is_trained
    assert encoder_start(default_registry().card("lraspp-mobilenetv3"), home) is None


@torch.no_grad()
def test_the_encoder_is_the_shipped_one_and_learns_more_slowly_than_the_rest(home, project):
    pupil = choose_pupil(CARD, read_material(project), SETTINGS)
    given = load_file(encoder_start(default_registry().card(CARD), home).file)
    state = pupil.build().state_dict()
    assert all(torch.equal(state[name], value) for name, value in given.items())
    assert any("its encoder: " in note and "the rest starts from scratch" in note for note in pupil.notes)
    assert pupil.parent_id is None
    assert pupil.settings.from_scratch and pupil.settings.encoder_factor == 0.3


def test_from_scratch_forgets_the_encoder_too(home, project):
    settings = FineTuneSettings(epochs=1, from_scratch=True)
    pupil = choose_pupil(CARD, read_material(project), settings)
    assert pupil.encoder is None and pupil.notes == ()
    assert pupil.settings.encoder_factor == 1.0


def test_what_the_person_fetched_goes_before_what_is_shipped(home, project):
    given = load_file(encoder_start(default_registry().card(CARD), home).file)
    record = {
        "title": "My encoder",
        "encoders": ["MobileNetV3-Large"],
        "licence": "MIT",
        "source": "a friend",
    }
    home.keep_encoder("mine", {name: value + 1 for name, value in given.items()}, record)
    pupil = choose_pupil(CARD, read_material(project), SETTINGS)
    assert pupil.encoder.sentence() == "encoder: My encoder (a friend, MIT)"


def test_an_encoder_that_does_not_fit_is_passed_over(home, project):
    record = {"title": "Other", "encoders": ["MobileNetV3-Large"], "licence": "MIT", "source": "nowhere"}
    home.keep_encoder("other", {"conv_stem.weight": torch.zeros(1)}, record)
    pupil = choose_pupil(CARD, read_material(project), SETTINGS)
    assert pupil.encoder is None
    assert any("it starts from scratch" in note for note in pupil.notes)


def test_a_damaged_record_hides_nothing(home, caplog):
    home.encoders.mkdir(parents=True)
    (home.encoders / "torn.json").write_text("{")
    assert encoder_start(default_registry().card(CARD), home).name == "encoder-procedural"


def test_the_version_says_what_its_encoder_started_from(home, project):
    ready = list(fine_tune(FineTuneRequest(project, CARD, SETTINGS, "cpu")))[-1]
    kept = VersionStore(project / "versions").get(ready.version_id)
    assert kept.parent is None
    assert kept.settings["encoder"]["name"] == "encoder-procedural"
    assert any("encoder: " in note for note in kept.notes)
