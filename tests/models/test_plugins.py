"""A plugin folder becomes cards without its Python running; a broken one becomes a reason."""

import pytest
import torch

from segstudio.errors import ModelError
from segstudio.models.builtin import builtin_cards
from segstudio.models.plugins import read_plugin, read_plugins
from segstudio.models.registry import Registry
from tests.models.suite import ModelSuite

TOML = """
[plugin]
title = "Tiny nets"
licence = "MIT"

[[model]]
id = "tiny"
title = "Tiny"
summary = "One convolution."
encoder = "none"
builder = "net.py:build"
in_bands = 3
parameters_m = 0.000104
memory_mb = 3
multiply_adds_g = 0.0053
paper = "none"
[model.arguments]
kernel = 3
"""

PYTHON = """
from pathlib import Path
from torch import nn
from segstudio.models.nets.net import SegmentationBody

Path(__file__).parent.with_name("ran").touch()


class Tiny(SegmentationBody):
    stride = 1

    def __init__(self, class_count, kernel):
        super().__init__()
        self.encoder = nn.Conv2d(3, 3, kernel, padding=kernel // 2)
        self.classifier = nn.Conv2d(3, class_count, 1)

    def encode(self, x):
        return [self.encoder(x)]

    def forward(self, x):
        return self.classifier(self.encoder(x))


def build(*, class_count, kernel):
    return Tiny(class_count, kernel)
"""


@pytest.fixture
def folder(tmp_path):
    plugin = tmp_path / "tiny"
    plugin.mkdir()
    (plugin / "plugin.toml").write_text(TOML, encoding="utf-8")
    (plugin / "net.py").write_text(PYTHON, encoding="utf-8")
    return plugin


def trusting(folder):
    record = read_plugin(folder)
    return Registry(builtin_cards(), [record], trusted=[record.content_hash])


def test_cards_are_read_and_listed_without_running_the_plugin(folder):
    registry = Registry(builtin_cards(), read_plugins(folder.parent))
    card = registry.card("tiny")
    assert (card.title, card.licence, card.source) == ("Tiny", "MIT", "plugin tiny")
    assert not folder.with_name("ran").exists()


def test_a_plugin_nobody_agreed_to_is_not_run(folder):
    registry = Registry(builtin_cards(), read_plugins(folder.parent))
    assert not registry.is_trusted(registry.card("tiny"))
    with pytest.raises(ModelError, match=r"nobody has agreed to.*plugins trust tiny"):
        registry.create_model("tiny", class_count=2)
    assert not folder.with_name("ran").exists()


def test_consent_lets_it_run_and_ends_when_a_file_changes(folder):
    registry = trusting(folder)
    net = registry.create_model("gray:tiny", class_count=2, in_bands=1)
    assert net(torch.rand(1, 1, 5, 6)).logits.shape == (1, 2, 5, 6)
    (folder / "net.py").write_text(PYTHON + "\n# changed\n", encoding="utf-8")
    with pytest.raises(ModelError, match="nobody has agreed to"):
        registry.create_model("tiny", class_count=2)


class TestPluginModel(ModelSuite):
    learning_rate = 0.05

    @pytest.fixture
    def card_id(self):
        return "tiny"

    @pytest.fixture
    def registry(self, folder):
        return trusting(folder)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id = "tiny"', "", "has no id"),
        ('id = "tiny"', 'id = "gray:tiny"', "must not begin"),
        ("net.py:build", "lost.py:build", "not in the plugin's folder"),
        ("net.py:build", "../../net.py:build", "not in the plugin's folder"),
        ("net.py:build", "net.py", "file.py:function"),
        ("[[model]]", "[[nothing]]", "names no"),
        ("in_bands = 3", 'in_bands = "many"', "not a whole number"),
        ("in_bands = 3", "in_bands = -1", "not a whole number"),
        ("parameters_m = 0.000104", "parameters_m = true", "not a number"),
        ('title = "Tiny"', "title = 3", "is not a text"),
        ('title = "Tiny"', 'titel = "Tiny"', "'titel' that means nothing"),
        ('licence = "MIT"', 'license = "MIT"', "'license' that means nothing"),
        ('paper = "none"', 'kind = "magic"', "neither 'net' nor 'function'"),
        ('paper = "none"', 'kind = "function"', r"names no [[model.class]]"),
        ('paper = "none"', 'outputs = ["heat"]', "outputs of 'tiny'"),
        ('paper = "none"', 'normalisation = "own"', "none of imagenet"),
        ("[model.arguments]", "[model.input]\nbands = [0]\n[model.arguments]", "whole numbers from 1 on"),
        ("[model.arguments]", "[model.input]\nbands = [1]\n[model.arguments]", "not the number of its input"),
        ("[model.arguments]", '[model.input]\nscaling = "native"\n[model.arguments]', "are for functions"),
        ("[model.arguments]", '[model.input]\nscaling = "log"\n[model.arguments]', "scaling is 'scene'"),
        ("kernel = 3", '[[model.class]]\nname = "a"\ncolour = "red"', "not written as '#RRGGBB'"),
        ("kernel = 3", '[[model.class]]\nname = ""\ncolour = "#010203"', "has no name"),
        ("[plugin]", "[plugin", "cannot be used"),
    ],
)
def test_a_broken_plugin_is_a_record_with_its_reason(folder, old, new, reason):
    (folder / "plugin.toml").write_text(TOML.replace(old, new), encoding="utf-8")
    record = read_plugin(folder)
    assert record.is_broken
    assert reason in record.problem
    assert record.cards == ()


def test_two_models_of_one_id_are_a_broken_plugin(folder):
    (folder / "plugin.toml").write_text(TOML + TOML[TOML.index("[[model]]") :], encoding="utf-8")
    assert "two models have the id 'tiny'" in read_plugin(folder).problem


RAISING = {
    "at import": "raise RuntimeError('boom')",
    "in the builder": PYTHON.replace("return Tiny", "raise KeyError('boom')\n    return Tiny"),
    "going away": PYTHON.replace("return Tiny", "raise SystemExit('boom')\n    return Tiny"),
    "forward": PYTHON.replace("return self.cl", "raise ValueError('boom')\n        return self.cl"),
}


@pytest.mark.parametrize("python", RAISING.values(), ids=RAISING)
def test_whatever_a_plugin_raises_is_one_sentence_that_names_it(folder, python):
    (folder / "net.py").write_text(python, encoding="utf-8")
    with pytest.raises(ModelError, match=r"the plugin 'tiny' failed .*boom"):
        trusting(folder).create_model("tiny", class_count=2)(torch.rand(1, 3, 4, 4))


def test_scores_of_another_number_of_classes_are_a_sentence(folder):
    text = PYTHON.replace("nn.Conv2d(3, class_count, 1)", "nn.Conv2d(3, class_count + 1, 1)")
    (folder / "net.py").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="plugin 'tiny': a net gave"):
        trusting(folder).create_model("tiny", class_count=2)(torch.rand(1, 3, 4, 4))


def test_memory_that_runs_out_in_a_plugin_is_not_its_fault(folder):
    text = PYTHON.replace("return self.classifier(self", "raise MemoryError\n        return (self")
    (folder / "net.py").write_text(text, encoding="utf-8")
    with pytest.raises(MemoryError):
        trusting(folder).create_model("tiny", class_count=2)(torch.rand(1, 3, 4, 4))


def test_a_file_that_is_no_text_is_a_broken_plugin(folder):
    (folder / "plugin.toml").write_bytes(b"\xff\xfe\x00nothing")
    assert read_plugin(folder).is_broken


def test_a_plugin_cannot_take_the_id_of_a_built_in_card(folder):
    text = TOML.replace('id = "tiny"', 'id = "mff-light"')
    (folder / "plugin.toml").write_text(text, encoding="utf-8")
    registry = Registry(builtin_cards(), [read_plugin(folder)])
    assert registry.plugins[0].problem == "the model id 'mff-light' is already taken"
    assert registry.card("mff-light").source == "built in"


def test_a_folder_that_is_not_there_holds_no_plugins(tmp_path):
    assert read_plugins(tmp_path / "nowhere") == ()
