"""What is said about finished runs: intervals, tables for persons and programs, costs."""

import io
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio import shipped
from segstudio.cli.main import run
from segstudio.errors import SegstudioError
from segstudio.jobs.recipes.costs import cost_of, cost_values
from segstudio.jobs.recipes.papers import MFF, PSEUDO_DEPTH, RECIPES
from segstudio.jobs.recipes.records import write_record
from segstudio.jobs.recipes.statistics import paired_difference, summary, t_975
from segstudio.jobs.recipes.table import show
from segstudio.models.registry import default_registry
from segstudio.training.schedule import SCHEDULES

FIGURES = st.floats(0, 1, allow_nan=False)
PAIRS = st.lists(st.tuples(FIGURES, FIGURES), min_size=2, max_size=12)

# Student 1908, additional hours of sleep of ten patients; t-test of R's data set `sleep`, paired
DRUG_1 = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
DRUG_2 = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def difference(pairs):
    found = paired_difference(
        {seed: ours for seed, (ours, _) in enumerate(pairs)},
        {seed: baseline for seed, (_, baseline) in enumerate(pairs)},
    )
    assert found is not None
    return found


def write_run(folder: Path, row: str, seed: int, **changes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "recipe": "mff", "scale": "small", "row": row, "seed": seed, "data": "a place",
        "teaching_images": 4, "judging_images": 2, "card": row, "encoder_file": "our.safetensors",
        "settings": {"batch": 2, "patch_px": 64}, "encoder": "pretrained", "steps": 3,
        "figures": {"mean_iou_per_image": 0.5, "mean_iou": 0.6, "accuracy": 0.7},
    }  # fmt: skip
    write_record(folder / f"{row}-seed{seed}.json", record | changes)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Three seeds of plain and MFF, and a row of which one seed is there."""
    folder = tmp_path / "work" / "mff-small-0a1b2c3d"
    for seed, (plain, fused) in enumerate(((0.50, 0.53), (0.51, 0.53), (0.49, 0.53))):
        write_run(folder, "deeplabv3plus-light", seed, figures={"mean_iou_per_image": plain})
        write_run(folder, "mff-light", seed, figures={"mean_iou_per_image": fused})
    write_run(folder, "mff-light-entry", 0)
    return folder.parent


def segstudio(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run([str(each) for each in arguments], open_window=lambda _: 1, stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def test_the_interval_is_students() -> None:
    found = difference(list(zip(DRUG_1, DRUG_2, strict=True)))
    assert (found.pairs, found.mean) == (10, pytest.approx(-1.58))
    assert found.low == pytest.approx(-2.4598858, abs=2e-4)
    assert found.high == pytest.approx(-0.7001142, abs=2e-4)
    assert found.shows


def test_the_deviation_is_that_of_a_sample() -> None:
    assert summary((2, 4, 4, 4, 5, 5, 7, 9)).deviation == pytest.approx(math.sqrt(32 / 7))


@settings(max_examples=30)
@given(PAIRS)
def test_an_interval_lies_evenly_about_the_mean(pairs) -> None:
    found = difference(pairs)
    assert found.high - found.mean == pytest.approx(found.mean - found.low, abs=1e-9)
    assert found.low <= found.mean <= found.high


@settings(max_examples=30)
@given(PAIRS, st.integers(2, 4))
def test_more_seeds_make_it_narrower(pairs, times: int) -> None:
    once, often = difference(pairs), difference(pairs * times)
    assert often.mean == pytest.approx(once.mean, abs=1e-9)
    assert often.high - often.low <= once.high - once.low + 1e-12


@settings(max_examples=30)
@given(PAIRS)
def test_the_other_way_round_is_the_same_with_the_other_sign(pairs) -> None:
    there, back = difference(pairs), difference([(b, a) for a, b in pairs])
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))


@settings(max_examples=30)
@given(FIGURES, FIGURES)
def test_one_seed_says_nothing(ours: float, baseline: float) -> None:
    found = difference([(ours, baseline)])
    assert not found.shows
    assert (found.low, found.high) == (-math.inf, math.inf)


def test_only_seeds_of_both_rows_count() -> None:
    found = paired_difference({0: 0.5, 1: 0.7, 2: 9.0}, {0: 0.4, 1: 0.4, 7: 0.0})
    assert found is not None
    assert (found.pairs, found.mean) == (2, pytest.approx(0.2))
    assert paired_difference({0: 0.5}, {1: 0.5}) is None


def test_the_quantile_falls_towards_the_normal_distributions() -> None:
    quantiles = [t_975(degrees) for degrees in range(40)]
    assert quantiles[:2] == [math.inf, 12.706]
    assert quantiles == sorted(quantiles, reverse=True)
    assert quantiles[-1] > 1.96


def test_the_table_has_the_papers_figures_ours_and_what_they_say(work: Path) -> None:
    code, out, _ = segstudio("recipe", "mff", "--table", "-o", work)
    assert code == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert any(line.startswith("+ both = MFF 0.7899 3 0.5300 ± 0.0000") for line in lines)
    assert any(line.startswith("DeepLabV3+ (no MFF) 0.7785 3 0.5000 ± 0.0100") for line in lines)
    assert any("+ both = MFF deeplabv3plus-light 3 +0.0300 [+0.0052, +0.0548] *" in line for line in lines)
    assert "+ both = MFF: mIoU per image above deeplabv3plus-light at this scale." in lines
    assert "+ entry path: one seed says nothing about mIoU per image." in lines
    assert not any(line.startswith("BiSeNet 0.6501") for line in lines), "a row without a run has a line"


def test_a_program_gets_the_same_figures(work: Path) -> None:
    code, out, _ = segstudio("recipe", "mff", "--table", "-o", work, "--json")
    assert code == 0
    (table,) = (json.loads(line) for line in out.splitlines())
    rows = {row["row"]: row for row in table["rows"]}
    assert (table["event"], table["comparison"]) == ("table", "mff-small-0a1b2c3d")
    assert rows["mff-light"]["difference"]["mean_iou_per_image"]["mean"] == pytest.approx(0.03)
    assert rows["mff-light"]["multiply_adds_of_baseline"] == pytest.approx(0.9136 / 0.6414)
    assert rows["mff-light-entry"]["difference"]["mean_iou_per_image"]["low"] is None
    assert {each["row"] for each in table["costs_at_paper_scale"]} == {row.key for row in MFF.full.rows}


def test_a_table_is_printed_without_torch(work: Path) -> None:
    program = (
        "import sys; from segstudio.cli.main import run\n"
        f"code = run(['recipe', 'mff', '--table', '-o', {str(work)!r}], open_window=None)\n"
        "sys.exit(code or bool({'torch', 'rasterio', 'cv2'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_without_a_folder_the_shipped_runs_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "resources", lambda: tmp_path)
    with pytest.raises(SegstudioError, match="comes with no finished run of mff"):
        list(show("mff", "small", None))
    write_run(tmp_path / "recipes" / "mff", "mff-light", 0)
    (table,) = show("mff", "small", None)
    assert table.values["comparison"] == "mff"
    with pytest.raises(SegstudioError, match="at the paper scale"):
        list(show("mff", "paper", None))


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_shipped_can_be_shown(name: str) -> None:
    assert any(table.values["rows"] for table in show(name, "small", None))


@pytest.mark.parametrize("text", ["", "[]", '{"row": "mff-light"}', "\ufffd"])
def test_a_damaged_record_is_named(work: Path, text: str) -> None:
    damaged = work / "mff-small-0a1b2c3d" / "mff-light-seed0.json"
    damaged.write_text(text, encoding="utf-8")
    code, _, err = segstudio("recipe", "mff", "--table", "-o", work)
    assert code == 2
    assert f"the record {damaged} cannot be read" in err


def test_every_row_names_a_model_and_a_baseline_that_are_there() -> None:
    for recipe in RECIPES.values():
        for scale in (recipe.small, recipe.full):
            keys = [row.key for row in scale.rows]
            assert len(set(keys)) == len(keys)
            assert {row.baseline for row in scale.rows} <= {*keys, None}
            assert all(default_registry().card(row.card) for row in scale.rows)


def test_every_row_gets_the_same_steps() -> None:
    for recipe in RECIPES.values():
        assert len({recipe.small.steps(row, 36) for row in recipe.small.rows}) == 1
    assert len({PSEUDO_DEPTH.full.steps(row, 1464) for row in PSEUDO_DEPTH.full.rows}) == 1


def test_the_papers_own_budgets_count_in_epochs() -> None:
    steps = {row.key: MFF.full.steps(row, 2975) for row in MFF.full.rows}
    assert steps.pop("bisenet") == steps.pop("bisenet-mff") == 240 * 93
    assert set(steps.values()) == {200 * 372}


@pytest.mark.parametrize("scale", [PSEUDO_DEPTH.small, PSEUDO_DEPTH.full], ids=["small", "paper"])
def test_every_schedule_is_a_row(scale) -> None:
    single, *others = scale.rows
    assert {row.settings["schedule"] for row in others} == SCHEDULES.keys() - {"single"}
    assert not default_registry().card(single.card).has_depth
    assert all(default_registry().card(row.card).has_depth for row in others)


def test_mff_costs_at_most_half_as_much_again() -> None:
    for scale in (MFF.small, MFF.full):
        ratios = {row.key: cost_values(scale, row)["multiply_adds_of_baseline"] for row in scale.rows}
        mff = [ratio for key, ratio in ratios.items() if key.startswith("mff-") and ratio is not None]
        assert len(mff) == 5
        assert 1 < ratios["bisenet-mff"] <= 1.5
        assert all(1 < ratio <= 1.5 for ratio in mff)


def test_the_papers_strides_cost_more_than_twice_the_published_ones() -> None:
    values = {row.key: cost_values(MFF.full, row) for row in MFF.full.rows}
    assert values["mff-xception65-none"]["multiply_adds_of_published"] == pytest.approx(2.67, abs=0.01)


def test_one_decoder_costs_less_than_two() -> None:
    single, joint = (cost_of(row.card) for row in PSEUDO_DEPTH.small.rows[:2])
    assert single is not None and joint is not None
    assert single.multiply_adds_g < joint.multiply_adds_g
    assert single.parameters_m < joint.parameters_m
