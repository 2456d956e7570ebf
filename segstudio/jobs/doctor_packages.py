"""Is the Python environment whole: interpreter, packages, the OpenCV that clashes with Qt, torch."""

import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from segstudio.jobs.doctor import Finding

OPENCV = (
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "opencv-contrib-python-headless",
)
HEADLESS = "opencv-python-headless"


def check_python(version: tuple[int, int] | None = None) -> Finding:
    """Python 3.11, 3.12 or 3.13."""
    found = version or (sys.version_info.major, sys.version_info.minor)
    text = f"Python {found[0]}.{found[1]}"
    if (3, 11) <= found <= (3, 13):
        return Finding("python", "ok", text)
    return Finding("python", "fail", text, "make a new environment with Python 3.11, 3.12 or 3.13")


def check_packages() -> Finding:
    """Every package segstudio asks for is installed (OpenCV has its own check)."""
    missing = [name for name in _required() if name not in OPENCV and not _version(name)]
    if missing:
        return Finding(
            "packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}"
        )
    return Finding("packages", "ok", "all there")


def check_opencv(installed: Iterable[str] | None = None, *, has_own_qt: bool | None = None) -> Finding:
    """Exactly one OpenCV, and one that does not bring its own Qt."""
    names = [name for name in OPENCV if (_version(name) if installed is None else name in installed)]
    own_qt = _opencv_brings_qt() if has_own_qt is None else has_own_qt
    way_out = f"pip uninstall -y {' '.join(names)}; pip install {HEADLESS}"
    if not names:
        return Finding("opencv", "fail", "not installed", f"pip install {HEADLESS}")
    if len(names) > 1:
        return Finding("opencv", "fail", f"{' and '.join(names)} overwrite each other's files", way_out)
    if own_qt:
        detail = f"{names[0]} ships its own Qt, which keeps the window from opening"
        return Finding("opencv", "fail", detail, way_out)
    if not names[0].endswith("headless"):
        return Finding("opencv", "warn", f"{names[0]} may bring its own window system", way_out)
    return Finding("opencv", "ok", names[0])


def check_qt_variables(environment: Mapping[str, str] | None = None) -> Finding:
    """No variable sends Qt to the plugins of another program."""
    env = os.environ if environment is None else environment
    names = [name for name in ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH") if env.get(name)]
    if names:
        detail = f"{' and '.join(names)} point Qt to plugins of another program"
        return Finding("qt-variables", "warn", detail, f"unset {' '.join(names)}")
    return Finding("qt-variables", "ok", "none in the way")


def check_fast_engine(found: str | None = None) -> Finding:
    """Whether predictions on the processor may run on more than torch."""
    installed = _version("openvino") if found is None else found
    if installed:
        return Finding("fast engine", "ok", f"OpenVINO {installed}")
    hint = 'not installed: pip install "segstudio[fast]" makes predictions on the processor faster'
    return Finding("fast engine", "ok", hint)


def check_torch() -> Finding:
    """Whether torch and torchvision fit together: torchvision's own operators can be called."""
    pair = f"torch {_version('torch') or 'missing'}, torchvision {_version('torchvision') or 'missing'}"
    way_out = "pip install --force-reinstall torch torchvision (both from the same index)"
    try:
        import torch
        from torchvision.ops import nms

        nms(torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.tensor([1.0]), 0.5)
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        return Finding("torch", "fail", f"{pair}: {_first_line(error)}", way_out)
    return Finding("torch", "ok", pair)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _required() -> list[str]:
    try:
        lines = metadata.requires("segstudio") or []
    except metadata.PackageNotFoundError:
        return []
    plain = [line for line in lines if "extra ==" not in line]
    return [re.split(r"[<>=!~;\[ (]", line, maxsplit=1)[0].lower() for line in plain]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _opencv_brings_qt() -> bool:
    spec = importlib.util.find_spec("cv2")
    folders = spec.submodule_search_locations if spec else None
    return any((Path(folder) / "qt").is_dir() for folder in folders or [])
