"""Brings torch into the process without holding the window still.

Importing holds the interpreter lock while the dynamic loader maps and initialises hundreds of megabytes of
libraries (0.4 s at a stretch, more from a cold disk), and the cyclic collector walks the new objects again
and again. So the libraries are loaded first through a foreign call, which releases the lock, and the
collector rests until the modules are there.
"""

import atexit
import ctypes
import gc
import importlib
import importlib.util
import linecache
import logging
import os
import sys
import threading
from pathlib import Path

logger = logging.getLogger(__name__)

# One module after the other: between two of them other threads get their turn.
_MODULES = ("torch", "torchvision", "timm", "segmentation_models_pytorch")
# In the order in which they need one another; libtorch_python is not here: it may call into Python.
_LIBRARIES = (
    "libtorch_global_deps",
    "libc10",
    "libtorch_cpu",
    "libc10_cuda",
    "libtorch_cuda",
    "libtorch",
    "libshm",
)
_lock = threading.Lock()
_done = threading.Event()


def is_preloaded() -> bool:
    """Whether torch and its companions are in memory."""
    return _done.is_set()


def preload_torch() -> None:
    """Import torch and its companions; call it from a worker thread, any number of times."""
    with _lock:
        if _done.is_set():
            return
        _map_libraries()
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            for name in _MODULES:
                _import(name)
        finally:
            # Qt's import hook has read the source of every module for its own purposes: nobody needs it.
            linecache.clearcache()
            # What was imported stays for good: the collector need not walk it at every full round.
            gc.freeze()
            atexit.register(gc.unfreeze)
            if was_collecting:
                gc.enable()
        _done.set()


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ImportError:
        # The job itself will meet this again and say it in its own words.
        logger.warning("%s cannot be imported", name, exc_info=True)


def _map_libraries() -> None:
    """Map torch's shared libraries without the interpreter lock; whatever fails is left to the import."""
    if sys.platform != "linux" or "torch" in sys.modules:
        return
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent / "lib"
    process = ctypes.CDLL(None)
    process.dlopen.restype = ctypes.c_void_p
    process.dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
    for name in _LIBRARIES:
        library = folder / f"{name}.so"
        if library.exists():
            scope = os.RTLD_GLOBAL if name == "libtorch_global_deps" else os.RTLD_LOCAL
            process.dlopen(os.fsencode(library), os.RTLD_LAZY | scope)
