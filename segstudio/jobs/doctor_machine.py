"""Is the machine ready: system libraries, display, memory, disk, graphics card."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from segstudio.jobs.doctor import Finding

# What Qt's own libraries link to and a bare Debian does not have (ldd of libQt6Gui and libQt6Core).
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
}
# What the X11 platform plugin asks for on top (ldd of libqxcb and libQt6XcbQpa).
XCB_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
GB = 1e9


def check_qt_libraries(loads: Callable[[str], bool] | None = None) -> Finding:
    """The system libraries without which no Qt program starts."""
    return _check_libraries("qt-libraries", QT_LIBRARIES, loads, "fail")


def check_xcb_libraries(
    loads: Callable[[str], bool] | None = None, environment: Mapping[str, str] | None = None
) -> Finding:
    """The system libraries of a window under X11; needed only where there is one."""
    env = os.environ if environment is None else environment
    needed = bool(env.get("DISPLAY")) and not env.get("WAYLAND_DISPLAY")
    return _check_libraries("x11-libraries", XCB_LIBRARIES, loads, "fail" if needed else "warn")


def check_display(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Finding:
    """Whether a window could be shown at all."""
    env = os.environ if environment is None else environment
    if not platform.startswith("linux"):
        return Finding("display", "ok", platform)
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if env.get(name):
            return Finding("display", "ok", f"{name}={env[name]}")
    way_out = "open a desktop session or use ssh -X; every command but `open` works without"
    return Finding("display", "warn", "no display: the window cannot open here", way_out)


def check_memory(free_bytes: int | None = None) -> Finding:
    """Free memory: a light model over a large scene wants some 1.5 GB."""
    free = psutil.virtual_memory().available if free_bytes is None else free_bytes
    detail = f"{free / GB:.1f} GB free"
    if free < 1 * GB:
        return Finding("memory", "fail", detail, "close other programs: predicting needs 1.5 GB")
    if free < 4 * GB:
        return Finding("memory", "warn", detail, "prefer the light models and a small --patch")
    return Finding("memory", "ok", detail)


def check_disk(folder: Path | None = None, free_bytes: int | None = None) -> Finding:
    """Free room where temporary files go."""
    where = folder or Path(tempfile.gettempdir())
    free = shutil.disk_usage(where).free if free_bytes is None else free_bytes
    detail = f"{free / GB:.1f} GB free at {where}"
    if free < 0.2 * GB:
        return Finding("disk", "fail", detail, f"free some room at {where}")
    if free < 2 * GB:
        return Finding("disk", "warn", detail, f"large scenes may not fit: free some room at {where}")
    return Finding("disk", "ok", detail)


def check_settings_folder(folder: Path | None = None) -> Finding:
    """The folder that remembers the window's settings can be written."""
    where = folder or settings_folder()
    nearest = where
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Finding("settings", "ok", str(where))
    way_out = f"give yourself the right to write {nearest}"
    return Finding("settings", "fail", f"{where} cannot be written", way_out)


def settings_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Where the window's settings are kept on this system."""
    env = os.environ if environment is None else environment
    if platform == "win32":
        return Path(env.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "segstudio"
    if platform == "darwin":
        return Path.home() / "Library" / "Preferences"
    return Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "segstudio"


def check_gpu(query: Callable[[], str | None] | None = None) -> Finding:
    """The NVIDIA card and its driver; torch is asked only where there is one."""
    answer = (query or _ask_nvidia_smi)()
    if answer is None:
        return Finding("gpu", "ok", "no NVIDIA card: everything runs on the processor")
    if answer == "":
        return Finding("gpu", "warn", "nvidia-smi does not answer", "reinstall the NVIDIA driver or restart")
    if not _torch_sees_cuda():
        way_out = "update the NVIDIA driver, or install a torch built for the one you have"
        return Finding("gpu", "warn", f"{answer}, but torch cannot use it", way_out)
    return Finding("gpu", "ok", answer)


def _check_libraries(
    name: str, wanted: Mapping[str, str], loads: Callable[[str], bool] | None, severity: str
) -> Finding:
    if loads is None and not sys.platform.startswith("linux"):
        return Finding(name, "ok", "come with the system")
    missing = [package for library, package in wanted.items() if not (loads or _loads)(library)]
    if not missing:
        return Finding(name, "ok", f"all {len(wanted)} there")
    way_out = f"sudo apt-get install {' '.join(missing)}"
    return Finding(name, "fail" if severity == "fail" else "warn", f"missing: {', '.join(missing)}", way_out)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _ask_nvidia_smi() -> str | None:
    """Name, driver and free memory of each card; None without the tool, empty where it fails."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    command = [tool, "--query-gpu=name,driver_version,memory.free", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return "; ".join(line.strip() for line in done.stdout.splitlines() if line.strip())


def _torch_sees_cuda() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return torch.cuda.is_available()
