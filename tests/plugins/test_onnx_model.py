"""Real ONNX files of many forms, made here, through the real plugin."""

import shutil

import numpy as np
import pytest
from conftest import read_mask
from numpy.testing import assert_allclose, assert_array_equal

from segstudio import shipped
from segstudio.errors import ModelError
from segstudio.jobs.predict import PredictRequest, predict_to_file
from segstudio.models.plugins import read_plugin
from segstudio.models.registry import Registry

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

TOML = """
[[model]]
id = "net"
kind = "function"
builder = "network.py:build"
[model.input]
bands = [1, 2, 3]
scaling = "fixed"
low = [0]
high = [255]
[model.arguments]
file = "net.onnx"
{arguments}
{classes}
"""
WEIGHTS = np.array([[4, 0, 0], [0, 4, 0], [0, 0, 4]], np.float32)  # the brightest band wins


def classes(count):
    return "\n".join(f'[[model.class]]\nname = "c{n}"\ncolour = "#00000{n}"' for n in range(count))


def write_net(path, *, shape=("n", 3, "h", "w"), layout="NCHW", weights=WEIGHTS, after=(), inputs=1):
    """A 1x1 convolution as an ONNX file; `after` are operators behind it."""
    helper, numpy_helper, kind = onnx.helper, onnx.numpy_helper, onnx.TensorProto
    nodes, name = [], "image"
    if layout == "NHWC":
        nodes.append(helper.make_node("Transpose", ["image"], ["turned"], perm=[0, 3, 1, 2]))
        name = "turned"
        shape = (shape[0], shape[2], shape[3], shape[1])
    nodes.append(helper.make_node("Conv", [name, "weights"], ["out0"]))
    for number, (operator, options) in enumerate(after):
        nodes.append(helper.make_node(operator, [f"out{number}"], [f"out{number + 1}"], **options))
    last = f"out{len(after)}"
    if layout == "NHWC":
        nodes.append(helper.make_node("Transpose", [last], ["back"], perm=[0, 2, 3, 1]))
        last = "back"
    images = [helper.make_tensor_value_info(f"image{n or ''}", kind.FLOAT, shape) for n in range(inputs)]
    result = kind.INT64 if after and after[-1][0] == "ArgMax" else kind.FLOAT
    output = helper.make_tensor_value_info(last, result, None)
    kernel = numpy_helper.from_array(weights[:, :, None, None], "weights")
    graph = helper.make_graph(nodes, "net", images, [output], [kernel])
    opset = [helper.make_opsetid("", 13)]
    inferred = onnx.shape_inference.infer_shapes(helper.make_model(graph, opset_imports=opset, ir_version=8))
    onnx.save(inferred, path)


@pytest.fixture
def plugin(tmp_path):
    folder = tmp_path / "nets"
    folder.mkdir()
    shutil.copy(shipped.plugins() / "onnx_model" / "network.py", folder)

    def make(arguments="multiple = 1", count=3, **net):
        write_net(folder / "net.onnx", **net)
        text = TOML.format(arguments=arguments, classes=classes(count))
        (folder / "plugin.toml").write_text(text, encoding="utf-8")
        record = read_plugin(folder)
        assert record.problem is None
        registry = Registry((), [record], trusted=[record.content_hash])
        net = registry.create_model("net", class_count=count)
        return net.body._function

    make.folder = folder
    return make


@pytest.fixture
def pixels():
    return np.random.default_rng(0).random((2, 3, 45, 83)).astype(np.float32)


def brightest(pixels):
    return pixels.argmax(axis=1)


def softmax(values):
    powers = np.exp(values)
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("sides", [("h", "w"), (64, 64), (32, 96)])
@pytest.mark.parametrize("batch", ["n", 1])
def test_any_layout_side_and_batch_gives_the_same_scores(plugin, pixels, layout, sides, batch):
    function = plugin(f'layout = "{layout}"\nmultiple = 16', shape=(batch, 3, *sides), layout=layout)
    assert_allclose(function.predict_scores(pixels), softmax(4 * pixels), atol=1e-5)


def test_a_single_pixel_goes_in(plugin):
    function = plugin("multiple = 32")
    assert function.predict_scores(np.ones((1, 3, 1, 1), np.float32)).shape == (1, 3, 1, 1)


def test_values_are_scaled_as_the_file_says(plugin, pixels):
    function = plugin("multiple = 1\nscale = 255.0\nmean = [10.0, 20.0, 30.0]\nstd = [50.0, 60.0, 70.0]")
    mean, std = (np.array(each, np.float32).reshape(1, 3, 1, 1) for each in ([10, 20, 30], [50, 60, 70]))
    assert_allclose(function.predict_scores(pixels), softmax(4 * (pixels * 255 - mean) / std), atol=1e-4)


def test_probabilities_pass_and_class_numbers_become_scores(plugin, pixels):
    function = plugin('multiple = 1\nscores = "probabilities"', after=[("Softmax", {"axis": 1})])
    assert_allclose(function.predict_scores(pixels), softmax(4 * pixels), atol=1e-5)
    for keeps in (0, 1):
        function = plugin(
            'multiple = 1\nscores = "classes"', after=[("ArgMax", {"axis": 1, "keepdims": keeps})]
        )
        assert_array_equal(function.predict_scores(pixels).argmax(axis=1), brightest(pixels))


def test_one_channel_tells_two_classes_apart(plugin, pixels):
    function = plugin("multiple = 1", count=2, weights=np.array([[4, -4, 0]], np.float32))
    first = 1 / (1 + np.exp(-4 * (pixels[:, 0] - pixels[:, 1])))
    assert_allclose(function.predict_scores(pixels), np.stack([first, 1 - first], axis=1), atol=1e-5)


def test_small_scores_are_enlarged(plugin, pixels):
    pool = [("AveragePool", {"kernel_shape": [4, 4], "strides": [4, 4]})]
    function = plugin("multiple = 4", after=pool)
    assert function.predict_scores(pixels).shape == pixels.shape


@pytest.mark.parametrize(
    ("arguments", "options", "reason"),
    [
        ("", {"count": 4}, "gives 3 classes .* plugin.toml names 4"),
        ("", {"shape": ("n", 5, "h", "w"), "weights": WEIGHTS[:, [0] * 5]}, r"wants 5 bands, .* gives 3"),
        ('layout = "CHWN"', {}, "layout is 'NCHW' or 'NHWC'"),
        ('scores = "heat"', {}, "scores are 'logits'"),
        ('output = "lost"', {}, "no output 'lost': it has out0"),
        ("", {"inputs": 2}, "does not take one batch of images: its inputs are image"),
        ("std = [0.0]", {}, "no std is 0"),
        ("colour = 3", {}, "unexpected keyword argument 'colour'"),
    ],
)
def test_what_does_not_fit_is_said(plugin, pixels, arguments, options, reason):
    with pytest.raises(ModelError, match=reason):
        plugin(arguments, **options).predict_scores(pixels)


def test_a_file_that_is_no_network_is_a_sentence(plugin):
    plugin()
    (plugin.folder / "net.onnx").write_bytes(b"not a network")
    record = read_plugin(plugin.folder)
    with pytest.raises(ModelError, match=r"plugin 'nets': net\.onnx is no ONNX network"):
        Registry((), [record], trusted=[record.content_hash]).create_model("net", class_count=3)
    (plugin.folder / "net.onnx").unlink()
    with pytest.raises(ModelError, match=r"there is no net\.onnx in"):
        Registry((), [record], trusted=[record.content_hash]).create_model("net", class_count=3)


def test_the_example_finds_plants_in_a_real_file(allow, write_scene, tmp_path):
    allow("onnx_model")
    places = np.random.default_rng(1).integers(0, 2, (60, 70))
    surfaces = np.array([[60, 140, 50], [150, 150, 160]], np.uint8)  # a meadow, a car park
    path = write_scene(surfaces[places].transpose(2, 0, 1))
    request = PredictRequest(image=path, model="onnx-excess-green", device="cpu")
    list(predict_to_file(request, tmp_path / "mask.tif"))
    assert_array_equal(read_mask(tmp_path / "mask.tif"), places)
