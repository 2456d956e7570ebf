"""The command line: arguments in; files, lines and exit codes out. Processes only where a process matters."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image

from segstudio.cli.main import run

COMMANDS = (
    *("open", "sample", "info", "models", "predict", "project"),
    *("annotate", "finetune", "evaluate", "export", "doctor"),
)
MODULES = (
    *("cli.main", "cli.look", "cli.learn", "cli.keep", "cli.walk", "jobs.predict", "jobs.fine_tune"),
    *("jobs.evaluate", "jobs.annotate", "jobs.export", "jobs.sample", "jobs.info", "jobs.doctor"),
)
TEACH = ["--epochs", "2", "--patch", "64", "--batch", "4", "--learning-rate", "0.02", "--device", "cpu"]


class Said:
    """What one call printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def events(self):
        """Every line of stdout as JSON; fails where one is not."""
        return [json.loads(line) for line in self.out.splitlines()]

    def last(self, event: str):
        """The last line, which must be this event."""
        assert self.code == 0, self.err
        assert all("event" in line for line in self.events)
        assert self.events[-1]["event"] == event
        return self.events[-1]


def no_window(paths):
    raise AssertionError(f"the window was opened with {paths}")


def segstudio(*arguments, open_window=no_window) -> Said:
    out, err = io.StringIO(), io.StringIO()
    code = run([str(each) for each in arguments], open_window=open_window, stdout=out, stderr=err)
    return Said(code, out.getvalue(), err.getvalue())


def is_refused(said: Said, *words: str) -> bool:
    """Exit code 2, nothing but one line on stderr, and these words in it."""
    lines = said.err.splitlines()
    return said.code == 2 and len(lines) == 1 and all(word in lines[0] for word in words)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A sample scene, a project on it, annotated by id, and a version taught from it."""
    folder = tmp_path_factory.mktemp("town")
    assert segstudio("sample", folder, "--size", 448, "--seed", 3).code == 0
    project = folder / "project"
    made = segstudio(
        "project", "new", project, "--images", folder / "scene.tif", "--classes", folder / "classes.json"
    )
    assert made.code == 0, made.err
    said = segstudio("annotate", project, "--image", "scene", "--mask", folder / "truth.tif", "--by", "id")
    assert said.code == 0, said.err
    return folder


@pytest.fixture(scope="module")
def version(town):
    said = segstudio("finetune", town / "project", "--model", "conv1x1", *TEACH, "--json")
    return Path(said.last("version")["path"])


def truth_of(town):
    with rasterio.open(town / "truth.tif") as file:
        return file.read(1)


# ---- the main road ----


def test_sample_writes_picture_truth_height_and_classes(town):
    with rasterio.open(town / "scene.tif") as scene, rasterio.open(town / "height.tif") as height:
        assert scene.shape == height.shape == (448, 448)
        assert (scene.count, scene.dtypes[0], height.dtypes[0]) == (3, "uint8", "float32")
    names = [entry["name"] for entry in json.loads((town / "classes.json").read_text())]
    assert names == ["building", "land", "road", "vegetation", "water"]


def test_sample_of_one_band_and_16_bits(tmp_path):
    said = segstudio("sample", tmp_path, "--size", 256, "--bands", 1, "--dtype", "uint16", "--json")
    assert said.last("sample")["scene"] == str(tmp_path / "scene.tif")
    with rasterio.open(tmp_path / "scene.tif") as scene:
        assert (scene.count, scene.dtypes) == (1, ("uint16",))


def test_info_says_what_an_image_is(town):
    values = segstudio("info", town / "scene.tif", "--json").last("info")
    assert (values["width"], values["height"], values["bands"], values["dtype"]) == (448, 448, 3, "uint8")
    assert values["crs"] == "EPSG:32652"
    assert values["predict_memory_mb"] > 500
    text = segstudio("info", town / "scene.tif").out
    assert "448 x 448 px" in text
    assert "EPSG:32652" in text


def test_models_lists_every_card_as_json_and_hides_none(town):
    said = segstudio("models", "--json")
    cards = {line["id"]: line for line in said.events}
    assert {"mff-light", "two-decoder-light", "unet-light", "conv1x1"} <= cards.keys()
    assert cards["two-decoder-light"]["outputs"] == ["mask", "depth"]
    assert "conv1x1" not in segstudio("models").out


def test_finetune_ends_with_the_version_its_parent_and_both_figures(town, version):
    said = segstudio("finetune", town / "project", "--model", version, *TEACH, "--json")
    line = said.last("version")
    assert line["parent"] == version.name
    parents = json.loads((version / "version.json").read_text())
    assert line["before"]["per_class"] == parents["figures"]["after"]["per_class"]
    assert [entry["name"] for entry in line["after"]["per_class"]][:2] == ["building", "land"]
    assert (Path(line["path"]) / "weights.safetensors").is_file()
    assert {"progress", "epoch"} <= {event["event"] for event in said.events}


def test_a_fine_tune_without_a_model_goes_on_from_the_one_in_use(town, version):
    in_use = segstudio("finetune", town / "project", "--model", "conv1x1", *TEACH, "--json").last("version")
    line = segstudio("finetune", town / "project", *TEACH, "--json").last("version")
    assert line["parent"] == in_use["version_id"]


def test_evaluate_prints_the_figures_of_the_contract(town, version):
    said = segstudio(
        "evaluate", "--image", town / "scene.tif", "--mask", town / "truth.tif", "--model", version, "--json"
    )
    line = said.last("evaluation")
    assert {"accuracy", "mean_iou", "mean_iou_per_image", "dice", "per_class", "confusion"} <= line.keys()
    assert set(line["per_class"][0]) >= {"name", "iou", "f1"}
    assert np.array(line["confusion"]).shape == (5, 5)
    assert np.sum(line["confusion"]) == 448 * 448
    record = json.loads((version / "version.json").read_text())
    assert record["evaluations"][-1]["accuracy"] == line["accuracy"]


def test_evaluate_folders_by_colour(town, version, tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    with rasterio.open(town / "scene.tif") as scene, rasterio.open(town / "truth.tif") as truth:
        pixels, ids, table = scene.read(), truth.read(1), truth.colormap(1)
    colours = np.array([table[k][:3] for k in range(5)], np.uint8)
    for name, part in (("a", np.s_[:200]), ("b", np.s_[200:400])):
        Image.fromarray(np.ascontiguousarray(pixels[:, part].transpose(1, 2, 0))).save(
            tmp_path / "images" / f"{name}.png"
        )
        Image.fromarray(colours[ids[part]]).save(tmp_path / "masks" / f"{name}.png")
    folders = ["--images", tmp_path / "images", "--masks", tmp_path / "masks", "--by", "colour"]
    line = segstudio("evaluate", *folders, "--model", version, "--json").last("evaluation")
    assert np.sum(line["confusion"]) == 400 * 448
    assert set(line["per_scene"]) == {"a.png", "b.png"}
    assert "mean IoU" in segstudio("evaluate", *folders, "--model", version).out


def test_predict_writes_a_mask_at_the_place_of_the_image(town, version, tmp_path):
    mask = tmp_path / "mask.tif"
    arguments = ["predict", town / "scene.tif", "--model", version, "-o", mask, "--patch", 128]
    line = segstudio(*arguments, "--json").last("mask")
    assert (line["path"], line["windows"] > 4) == (str(mask), True)
    assert line["seconds"] > 0
    assert line["peak_rss_mb"] > 50
    with rasterio.open(mask) as made, rasterio.open(town / "scene.tif") as scene:
        assert (made.shape, made.crs, made.transform) == (scene.shape, scene.crs, scene.transform)
        assert made.nodata == 255
        assert made.colormap(1)[0][:3] == (0x3C, 0x10, 0x98)
        agreement = (made.read(1) == truth_of(town)).mean()
    truth = ["--image", town / "scene.tif", "--mask", town / "truth.tif", "--patch", 128]
    line = segstudio("evaluate", *truth, "--model", version, "--json").last("evaluation")
    assert line["accuracy"] == pytest.approx(agreement, abs=1e-6)


def test_predict_puts_its_answers_into_a_project(town, version, tmp_path):
    project, shown = tmp_path / "town.segstudio", tmp_path / "shown"
    names = "--images", town / "scene.tif", "--classes", town / "classes.json"
    assert segstudio("project", "new", project, *names).code == 0
    arguments = ["predict", "--project", project, "--image", "scene", "--model", version, "--patch", 128]
    line = segstudio(*arguments, "--json").last("prediction")
    assert (line["image"], line["version_id"], line["went_on_at"]) == ("scene.tif", version.name, 0)
    assert segstudio("export", project, "-o", shown, "--what", "shown").code == 0
    mask = tmp_path / "mask.tif"
    assert segstudio("predict", town / "scene.tif", "--model", version, "-o", mask, "--patch", 128).code == 0
    with rasterio.open(mask) as one, rasterio.open(shown / "scene.tif") as other:
        np.testing.assert_array_equal(one.read(1), other.read(1))


def test_predict_says_before_what_it_would_take(town, version, tmp_path):
    arguments = ["predict", town / "scene.tif", "--model", version, "--patch", 128, "--estimate"]
    line = segstudio(*arguments, "--json").last("estimate")
    assert line["windows"] == line["windows_left"] > 4
    assert line["memory_mb"] > 0
    assert line["basis"] in ("measured", "other models", "card", "unknown")
    assert "scene.tif" in segstudio(*arguments).out
    in_project = segstudio(
        "predict", "--project", town / "project", "--model", version, "--estimate", "--json"
    )
    assert in_project.last("estimate")["image"] == "scene.tif"


def test_annotation_comes_back_from_an_export_unchanged(town, tmp_path):
    line = segstudio(
        "export", town / "project", "-o", tmp_path / "out", "--what", "annotation", "--json"
    ).last("exported")
    assert line["paths"] == [str(tmp_path / "out" / name) for name in ("scene.tif", "scene_origin.tif")]
    with rasterio.open(tmp_path / "out" / "scene.tif") as made:
        np.testing.assert_array_equal(made.read(1), truth_of(town))
    second = tmp_path / "second"
    segstudio("project", "new", second, "--images", town / "scene.tif", "--classes", town / "classes.json")
    assert segstudio("annotate", second, "--masks", tmp_path / "out", "--by", "colour").code == 0
    assert segstudio("export", second, "-o", tmp_path / "again.tif").code == 0
    with rasterio.open(tmp_path / "again.tif") as made:
        np.testing.assert_array_equal(made.read(1), truth_of(town))


def test_a_height_raster_is_annotated_as_depth(town):
    said = segstudio(
        "annotate", town / "project", "--image", "scene.tif", "--depth", town / "height.tif", "--json"
    )
    assert said.last("annotated")["kind"] == "depth"


# ---- what a person must act upon ----


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(command, capsys):
    assert segstudio(command, "--help").code == 0
    assert f"segstudio {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["predict"],
        ["predict", "a.tif", "--model", "m", "-o", "m.tif", "--overlap", "2"],
        ["predict", "a.tif", "--model", "m"],
        ["predict", "a.tif", "--model", "m", "-o", "m.tif", "--image", "b"],
        ["predict", "--project", "p", "--model", "m", "-o", "m.tif"],
        ["sample", "out", "--size", "many"],
        ["finetune", "p", "--minutes", "1", "--epochs", "1"],
        ["finetune", "p", "--minutes", "-1"],
        ["project"],
        ["annotate", "p", "--mask", "m.png"],
        ["annotate", "p", "--image", "i"],
        ["evaluate", "--image", "i", "--model", "m"],
    ],
)
def test_arguments_that_cannot_be_understood_are_one_sentence(arguments):
    said = segstudio(*arguments)
    assert is_refused(said, "--help")
    assert said.out == ""


def test_refusals_are_one_sentence_with_the_way_out(town, version, tmp_path):
    scene, mask = town / "scene.tif", tmp_path / "m.tif"
    (tmp_path / "broken.tif").write_bytes(b"II*\0 and then nothing")
    assert is_refused(segstudio("info", tmp_path / "none.tif"), "does not exist")
    assert is_refused(segstudio("info", tmp_path / "broken.tif"), "broken.tif")
    assert is_refused(segstudio("predict", scene, "--model", "unet-lihgt", "-o", mask), "unet-light")
    assert is_refused(
        segstudio("predict", scene, "--model", "conv1x1", "-o", mask), "no weights", "--untrained"
    )
    assert is_refused(
        segstudio("predict", scene, "--model", version, "-o", tmp_path / "no" / "m.tif"), "folder"
    )
    assert is_refused(
        segstudio("predict", scene, "--model", version, "-o", mask, "--depth", tmp_path / "d.tif"), "depth"
    )
    assert is_refused(
        segstudio("predict", scene, "--model", version, "-o", mask, "--device", "tpu"), "device"
    )
    assert is_refused(
        segstudio("annotate", tmp_path, "--image", "a", "--mask", "b.png"), "not a segstudio project"
    )
    assert is_refused(segstudio("export", town / "project", "-o", tmp_path, "--image", "nobody"), "nobody")
    assert is_refused(segstudio("sample", tmp_path, "--size", "64", "--sensor", "x-ray"), "x-ray")
    assert not mask.exists()


def test_a_refusal_as_json_is_an_event_too(tmp_path):
    said = segstudio("info", tmp_path / "none.tif", "--json")
    assert is_refused(said, "does not exist")
    assert [line["event"] for line in said.events] == ["error"]


def test_one_band_is_refused_with_the_gray_card_that_takes_it(tmp_path):
    segstudio("sample", tmp_path, "--size", 64, "--bands", 1)
    arguments = ["predict", tmp_path / "scene.tif", "-o", tmp_path / "m.tif", "--untrained", "--model"]
    assert is_refused(segstudio(*arguments, "lraspp-mobilenetv3"), "use gray:lraspp-mobilenetv3")
    assert segstudio(*arguments, "gray:lraspp-mobilenetv3").code == 0
    assert segstudio(*arguments, "lraspp-mobilenetv3", "--gray").code == 0


def test_untrained_is_allowed_where_it_is_asked_for(town, tmp_path):
    said = segstudio(
        "predict", town / "scene.tif", "--model", "conv1x1", "--untrained", "-o", tmp_path / "m.tif"
    )
    assert (said.code, said.err) == (0, "")


def test_a_bug_flies_with_its_traceback(monkeypatch):
    monkeypatch.setattr("segstudio.jobs.info.describe_image", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        segstudio("info", "a.tif")


# ---- the window ----


def test_no_command_and_open_and_a_path_open_the_window(town):
    opened = []

    def open_window(paths):
        opened.append(paths)
        return 0

    scene = str(town / "scene.tif")
    for arguments in ([], ["open"], ["open", "a.tif", "b.tif"], [scene]):
        assert segstudio(*arguments, open_window=open_window).code == 0
    assert opened == [[], [], ["a.tif", "b.tif"], [scene]]


# ---- real processes ----


def python(*arguments, **options):
    return subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=100, **options
    )


def test_naming_every_verb_loads_neither_torch_nor_qt():
    imports = "; ".join(f"import segstudio.{name}" for name in MODULES)
    heavy = "[name for name in ('torch', 'torchvision', 'timm', 'PySide6') if name in sys.modules]"
    code = f"import sys; {imports}; print({heavy})"
    assert python("-c", code).stdout.strip() == "[]"


def test_the_program_as_a_process_speaks_json_and_exits_2_with_one_sentence(town):
    said = python("-m", "segstudio", "info", town / "scene.tif", "--json")
    assert (said.returncode, said.stderr) == (0, "")
    assert json.loads(said.stdout)["event"] == "info"
    said = python(
        "-m", "segstudio", "evaluate", "--image", "none.tif", "--mask", "m.png", "--model", "nothing-like-it"
    )
    assert (said.returncode, said.stdout) == (2, "")
    assert len(said.stderr.splitlines()) == 1
    assert "Traceback" not in said.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_with_130_and_leaves_no_half_file(town, tmp_path, number):
    mask = tmp_path / "mask.tif"
    arguments = ["predict", town / "scene.tif", "--model", "conv1x1", "--untrained", "-o", mask]
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "segstudio",
            *map(str, arguments),
            "--patch",
            "64",
            "--overlap",
            "0.75",
            "--json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line).get("done", 0) > 2:
            break
    assert list(tmp_path.iterdir())
    begin = time.monotonic()
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert time.monotonic() - begin < 20
    assert err.splitlines() == ["cancelled"]
    assert list(tmp_path.iterdir()) == []
