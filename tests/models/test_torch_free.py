"""The list of models, plugins and versions is there before torch is."""

import subprocess
import sys

SCRIPT = """
import sys
from pathlib import Path
from segstudio.models.registry import default_registry
from segstudio.models.versions import VersionStore, resolve_model
default_registry().cards()
resolve_model("gray:mff-light").to_json()
VersionStore(Path("nowhere")).all()
heavy = {"torch", "torchvision", "timm", "segmentation_models_pytorch", "PySide6"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""


def test_cards_versions_and_plugins_load_no_torch():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
