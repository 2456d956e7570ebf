"""The papers' comparisons, run with tiny images, few steps and light nets."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from drained import drained
from public_folders import write_dubai

from segstudio.errors import SegstudioError
from segstudio.inference.device import CPU
from segstudio.jobs.recipes import material
from segstudio.jobs.recipes.claims import claim
from segstudio.jobs.recipes.material import Material
from segstudio.jobs.recipes.papers import GRAY_ADAPTER, MFF, PSEUDO_DEPTH, RECIPES
from segstudio.jobs.recipes.plan import Recipe, Row
from segstudio.jobs.recipes.runner import RecipeRequest, compare
from segstudio.jobs.recipes.training import Encoder, build_net, judge, train_and_judge
from segstudio.jobs.steps import Notice, Progress, RecipeRunReady, RecipeTableReady
from segstudio.mask.plane import Plane
from segstudio.models.weights import save_state

SIDE = 64


def tiny(recipe: Recipe) -> Recipe:
    settings = {
        **recipe.small.settings,
        "patch_px": SIDE,
        "batch": 2,
        "steps": 3,
        "evaluations": 1,
        "threads": 1,
    }
    return replace(recipe, small=replace(recipe.small, settings=settings, judge_px=SIDE))


def with_depth(found: Material) -> Material:
    sources = []
    for number, source in enumerate(found.sources):
        height = Plane(source.info.width, source.info.height, dtype=np.float32, fill=np.nan)
        rng = np.random.default_rng(number)
        height.write(height.extent, rng.random(height.extent.shape, np.float32))
        sources.append(replace(source, depth_target=height))
    return replace(found, sources=tuple(sources))


def run_of(recipe: Recipe, row: Row, found: Material, seed: int = 0, encoder: Encoder | None = None):
    return drained(train_and_judge(row, tiny(recipe).small, found, seed, encoder=encoder, device=CPU))


@pytest.fixture(scope="module")
def dubai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dubai")
    write_dubai(folder, tiles=(1,), parts=(1, 2, 7), side=96)
    return folder


@pytest.fixture(scope="module")
def gray(dubai: Path) -> Material:
    return drained(material.gray_dubai(dubai, dubai / "work"))


@pytest.fixture(scope="module")
def colour(dubai: Path) -> Material:
    return with_depth(drained(material.streets_or_dubai(dubai, dubai / "work")))


@pytest.fixture
def request_of(dubai: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A request for one row and one seed of the tiny MFF comparison."""
    monkeypatch.setitem(RECIPES, "mff", tiny(MFF))

    def make(**changes) -> RecipeRequest:
        given = {"recipe": "mff", "work": tmp_path, "data": dubai, "seeds": 1, "rows": ("unet-light",)}
        return RecipeRequest(**{**given, "encoder": "none", "device": "cpu", "threads": 1, **changes})

    return make


def test_dubai_is_read_in_gray_and_split_by_parts(gray: Material) -> None:
    assert (gray.in_bands, gray.teaching_images, gray.judges) == (1, 2, {2})
    assert all(source.info.band_count == 1 for source in gray.sources)
    ((_, window),) = gray.judged(SIDE)
    assert window.shape == (SIDE, SIDE)
    assert gray.judged(SIDE) == gray.judged(SIDE)


def test_before_training_the_gray_adapter_is_channel_stacking(gray: Material) -> None:
    stacked, adapter = (build_net(row, gray, seed=3).eval() for row in GRAY_ADAPTER.small.rows)
    image = torch.rand(1, 1, SIDE, SIDE)
    with torch.inference_mode():
        assert (stacked(image).logits - adapter(image).logits).abs().max() == 0
    losses = [drained(judge(net, gray, SIDE, CPU))["loss"] for net in (stacked, adapter)]
    assert losses[0] == losses[1] > 0


def test_the_first_step_of_both_has_the_same_loss(gray: Material) -> None:
    rows = [replace(row, settings={"steps": 1}) for row in GRAY_ADAPTER.small.rows]
    logs = [run_of(GRAY_ADAPTER, row, gray)["log"] for row in rows]
    assert logs[0][0]["losses"] == logs[1][0]["losses"]


def test_rows_of_one_seed_begin_with_the_same_weights(colour: Material) -> None:
    single, joint = (build_net(row, colour, seed=5).state_dict() for row in PSEUDO_DEPTH.small.rows[:2])
    assert single.keys() < joint.keys()
    assert all(torch.equal(value, joint[name]) for name, value in single.items())


@pytest.mark.parametrize("row", PSEUDO_DEPTH.small.rows, ids=lambda row: row.key)
def test_every_schedule_runs(row: Row, colour: Material) -> None:
    record = run_of(PSEUDO_DEPTH, row, colour)
    assert record["steps"] == 3
    assert record["encoder"] == "from scratch"
    assert 0 <= record["figures"]["accuracy"] <= 1
    assert np.isfinite(record["figures"]["loss"])
    stages = [entry["stage"] for entry in record["log"]]
    assert stages[-1] == ("seg" if row.key == "single" else "both")


def test_an_encoder_fills_the_rows_that_have_it(colour: Material, tmp_path: Path) -> None:
    row, other = MFF.small.rows[0], next(row for row in MFF.small.rows if row.key == "bisenet")
    state = build_net(row, colour, seed=8).state_dict()
    save_state(tmp_path / "encoder.safetensors", {k: v for k, v in state.items() if "encoder" in k})
    encoder = Encoder(tmp_path / "encoder.safetensors")
    net = build_net(row, colour, seed=9)
    assert encoder.start(net)
    assert all(torch.equal(v, state[k]) for k, v in net.state_dict().items() if "encoder" in k)
    assert not encoder.start(build_net(other, colour, seed=9))


def test_a_comparison_that_needs_transfer_refuses_another_encoder(colour: Material, tmp_path: Path) -> None:
    save_state(tmp_path / "other.safetensors", {"body.encoder.first.weight": torch.zeros(3, 3)})
    scale = replace(tiny(MFF).small, wants_encoder=True)
    with pytest.raises(SegstudioError, match="holds no encoder of unet-light"):
        drained(
            train_and_judge(
                Row("unet-light", "U-Net", "unet-light"),
                scale,
                colour,
                0,
                encoder=Encoder(tmp_path / "other.safetensors"),
                device=CPU,
            )
        )


def test_an_interrupted_run_is_made_again_and_a_finished_one_is_left(request_of, tmp_path: Path) -> None:
    steps = compare(request_of())
    while not (isinstance(step := next(steps), Progress) and step.text.startswith("Learning")):
        pass
    (lock,) = tmp_path.glob("mff-small-*/*.lock")
    left = lock.read_text(encoding="utf-8")
    steps.close()
    (folder,) = tmp_path.glob("mff-small-*")
    assert not list(folder.iterdir())

    lock.write_text(json.dumps(json.loads(left) | {"pid": dead_pid()}), encoding="utf-8")
    made = list(compare(request_of()))
    (run,) = (step for step in made if isinstance(step, RecipeRunReady))
    assert isinstance(made[-1], RecipeTableReady)
    assert [path.name for path in folder.iterdir()] == [run.path.name]
    record = json.loads(run.path.read_text(encoding="utf-8"))
    assert (record["row"], record["seed"], record["steps"]) == ("unet-light", 0, 3)
    assert str(tmp_path) not in json.dumps(record)

    (table,) = (step for step in compare(request_of()) if not isinstance(step, Progress))
    assert isinstance(table, RecipeTableReady)
    assert table.values["rows"][0]["seeds"] == [0]


def test_a_run_that_another_process_makes_is_left_to_it(request_of, tmp_path: Path) -> None:
    steps = compare(request_of())
    while not isinstance(next(steps), Notice):
        pass
    others = [step for step in compare(request_of()) if not isinstance(step, Progress)]
    steps.close()
    assert others == [
        Notice("1 runs are being made by another process: see them by --table when it is done.")
    ]


def test_what_is_not_there_is_said(request_of, dubai: Path) -> None:
    for changes, words in (
        ({"rows": ("mff-huge",)}, "there is no row 'mff-huge': choose of deeplabv3plus-light, "),
        ({"data": None}, "name their folder by --data"),
        ({"encoder": str(dubai / "none.safetensors")}, "there is no file"),
        ({"recipe": "gray-adapter", "scale": "paper", "encoder": None, "rows": ()}, "by --encoder"),
        ({"recipe": "pseudo-depth", "scale": "paper", "rows": ()}, "by --depth"),
    ):
        with pytest.raises(SegstudioError, match=words):
            list(compare(request_of(**changes)))


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("changes", [{"pid": "dead"}, {"began": 1.0}], ids=["gone", "number given again"])
def test_the_claim_of_a_process_that_is_gone_is_taken_over(tmp_path: Path, changes) -> None:
    lock = tmp_path / "run.lock"
    with claim(lock) as mine:
        assert mine
        owner = json.loads(lock.read_text(encoding="utf-8"))
    if "pid" in changes:
        changes = {"pid": dead_pid()}
    lock.write_text(json.dumps(owner | changes), encoding="utf-8")
    with claim(lock) as mine:
        assert mine
    assert not lock.exists()


def test_a_claim_that_says_nothing_is_somebodys_for_a_while(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    lock.write_text("", encoding="utf-8")
    with claim(lock) as mine:
        assert not mine
    os.utime(lock, (0, 0))
    with claim(lock) as mine:
        assert mine


def test_a_living_claim_holds(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with claim(lock) as first, claim(lock) as second:
        assert first and not second
        assert json.loads(lock.read_text(encoding="utf-8"))["pid"] == psutil.Process().pid
    assert not lock.exists()
