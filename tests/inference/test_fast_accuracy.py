"""What speed costs in accuracy, on a real image with the weights we ship."""

import numpy as np
import pytest
import torch

from segstudio.inference import openvino_forward
from segstudio.inference.forward import Forward
from segstudio.inference.openvino_forward import OpenVinoForward
from segstudio.inference.preprocess import to_tensor
from segstudio.inference.torch_forward import TorchForward
from segstudio.models.versions import resolve_model
from segstudio.models.weights import create_for
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window

PATCH = 512


@pytest.mark.shared_data
def test_fast_paths_name_999_of_1000_pixels_of_dubai_tile_6_as_plain_float32_does(shared_data, tmp_path):
    ref = resolve_model("mff-light")
    plain = create_for(ref).eval()  # torch's own memory layout, nothing else
    by_torch = TorchForward(create_for(ref), patch=PATCH)
    forwards: list[Forward] = [by_torch]
    if openvino_forward.version():
        from segstudio.inference.openvino_export import export

        export(by_torch.net, PATCH, tmp_path / "net.xml")
        forwards.append(OpenVinoForward(tmp_path / "net.xml", by_torch.shape, PATCH, lambda: by_torch))
    same = np.zeros(len(forwards))
    images = sorted((shared_data / "dubai_mbrsc" / "Tile 6" / "images").glob("*.jpg"))[::4]
    for path in images:
        pixels = prepared(path)
        with torch.inference_mode():
            wanted = plain(torch.from_numpy(np.ascontiguousarray(pixels))).logits.argmax(1).numpy()
        same += [(forward.begin(pixels)().scores.argmax(1) == wanted).mean() for forward in forwards]
    assert len(images) == 3
    assert (same / len(images) >= 0.999).all(), same / len(images)


def prepared(path) -> np.ndarray:
    """The middle of an image, (1, 3, p, p)."""
    with open_raster(path) as raster:
        info = raster.info
        middle = Window((info.width - PATCH) // 2, (info.height - PATCH) // 2, PATCH, PATCH)
        return to_tensor(raster.read(middle), None, (0, 0, 0), (255, 255, 255))[None]
