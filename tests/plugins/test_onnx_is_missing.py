"""Without onnxruntime its plugin says what to install."""

import sys

import pytest

from segstudio.errors import ModelError
from segstudio.models.registry import default_registry


def test_a_missing_onnxruntime_is_one_sentence(allow, monkeypatch):
    allow("onnx_model")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match=r"plugin 'onnx_model': .* pip install \"segstudio\[onnx\]\""):
        default_registry().create_model("onnx-excess-green", class_count=2)
