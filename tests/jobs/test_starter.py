"""The starter recipe, with few small places and generated stand-ins of the sets."""

import json
from pathlib import Path

import pytest
from public_folders import write_sets

from segstudio.errors import ModelError, RasterError
from segstudio.jobs.starter import make_starter
from segstudio.jobs.starter_request import StarterRequest
from segstudio.jobs.steps import StarterReady, Step
from segstudio.models.cards import _shipped_weights
from segstudio.models.weights import load_state


def request(tmp_path: Path, **changes: object) -> StarterRequest:
    given = {
        "card": "unet-light",
        "output": tmp_path / "weights",
        "scenes": tmp_path / "scenes",
        "steps": 2,
        "places": 1,
        "judges": 1,
        "size_px": 256,
        "threads": 1,
        "device": "cpu",
    }
    return StarterRequest(**{**given, **changes})  # type: ignore[arg-type]


def made(request: StarterRequest) -> StarterReady:
    steps: list[Step] = list(make_starter(request))
    assert isinstance(steps[-1], StarterReady)
    return steps[-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs that several tests look at are made."""
    return tmp_path_factory.mktemp("starter")


@pytest.fixture(scope="module")
def plain(folder: Path) -> StarterReady:
    """Weights from procedural scenes alone."""
    return made(request(folder, output=folder / "plain"))


@pytest.fixture(scope="module")
def apart(folder: Path) -> StarterReady:
    """Weights of a run that left one tile out."""
    data = write_sets(folder / "sets")
    return made(request(folder, data=data, leave_out=("Tile 2",), output=folder / "apart"))


def test_left_out_tiles_judge_and_the_record_can_be_shipped(folder: Path, apart: StarterReady) -> None:
    record = json.loads(apart.weights.with_suffix(".json").read_text(encoding="utf-8"))
    shipped = _shipped_weights(apart.weights, record)
    assert [each.name for each in shipped.classes] == ["building", "land", "road", "vegetation", "water"]
    assert shipped.figures["hold_out"] == "Dubai Tile 2, never taught"
    assert set(shipped.figures["per_scene"]) == {"tile 2 part 1", "tile 2 part 2"}
    assert "Geospatial Information Authority of Japan" in shipped.attribution
    assert '--leave-out "Tile 2"' in record["recipe"]["command"]
    assert str(folder) not in json.dumps(record)


def test_weights_of_all_tiles_show_the_figures_of_the_run_that_left_one_out(
    folder: Path, apart: StarterReady
) -> None:
    record = apart.weights.with_suffix(".json")
    whole = made(request(folder, data=folder / "sets", figures=record, output=folder / "all"))
    shown = json.loads(whole.weights.with_suffix(".json").read_text(encoding="utf-8"))["figures"]
    assert shown["hold_out"] == "Dubai Tile 2, never taught"
    assert '--leave-out "Tile 2"' in shown["recipe"]
    assert "procedural" in shown["others"]["this run"]["hold_out"]


def test_a_gray_card_starts_from_weights_without_an_adapter(folder: Path, plain: StarterReady) -> None:
    again = made(request(folder, card="gray:unet-light", start=plain.weights, output=folder / "gray"))
    assert again.weights.name == "gray-unet-light.safetensors"
    assert load_state(again.weights)["adapter.mix.weight"].shape == (3, 1, 3, 3)


def test_weights_of_another_card_are_refused(folder: Path, plain: StarterReady) -> None:
    with pytest.raises(ModelError, match="does not fit"):
        made(request(folder, card="lraspp-mobilenetv3", start=plain.weights, output=folder / "other"))


def test_a_tile_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    data = write_sets(tmp_path / "sets")
    with pytest.raises(RasterError, match="'Tile 1', 'Tile 2'"):
        list(make_starter(request(tmp_path, data=data, leave_out=("Tile 9",))))
