"""`segstudio plugins`: what there is, in full, and consent from the command line."""

import io
import json

import pytest

from segstudio.cli.main import run


def call(*arguments):
    out, err = io.StringIO(), io.StringIO()
    code = run(list(arguments), open_window=lambda paths: 1, stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def plugins():
    code, out, err = call("plugins", "list", "--json")
    assert (code, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert {line["event"] for line in lines} == {"plugin"}
    return {line["name"]: line for line in lines}


@pytest.fixture
def own(home):
    folder = home / "plugins"
    folder.mkdir(parents=True)
    return folder


def test_the_list_says_what_each_plugin_holds(own):
    found = plugins()["spectral_index"]
    assert found["trust"] == "not allowed yet"
    assert [each["name"] for each in found["files"]] == ["index.py", "plugin.toml"]
    assert len(found["sha256"]) == 64
    assert "ndvi-vegetation" in found["models"]
    code, out, _ = call("plugins", "list")
    assert code == 0
    assert "Its Python runs with your rights" in out
    assert "segstudio plugins trust spectral_index" in out


def test_consent_is_given_and_taken_back(own):
    assert call("plugins", "trust", "spectral_index")[0] == 0
    assert plugins()["spectral_index"]["trust"] == "allowed"
    assert call("plugins", "distrust", "spectral_index")[0] == 0
    assert plugins()["spectral_index"]["trust"] == "not allowed yet"
    code, _, err = call("plugins", "distrust", "spectral_index")
    assert code == 2
    assert err == "the plugin 'spectral_index' was not allowed: nothing to take back\n"


def test_a_broken_plugin_is_listed_with_its_reason_and_cannot_be_allowed(own):
    (own / "torn").mkdir()
    (own / "torn" / "plugin.toml").write_text("[[model]]\nid = 3\n", encoding="utf-8")
    found = plugins()["torn"]
    assert found["trust"] == "broken"
    assert found["problem"] == "plugin.toml cannot be used: a [[model]] has no id"
    code, _, err = call("plugins", "trust", "torn")
    assert code == 2
    assert err.count("\n") == 1
    assert "a [[model]] has no id" in err


def test_a_wrong_name_is_answered_with_those_there_are(own):
    code, _, err = call("plugins", "trust", "spectral")
    assert code == 2
    assert "there are onnx_model, spectral_index, torchvision_zoo" in err
