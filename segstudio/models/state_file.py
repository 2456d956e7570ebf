"""Tensors on disk as safetensors, without torch: whatever can become an array can be written."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file


def write_state(path: Path, state: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Write named tensors (torch's or numpy's, any device or memory order) and make them durable."""
    save_file({name: _array(value) for name, value in state.items()}, path, metadata=dict(metadata or {}))
    sync(path)


def sync(path: Path) -> None:
    """Make a file or folder durable; a system that cannot sync folders is let be."""
    try:
        handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    except OSError:  # folders cannot be opened on Windows
        return
    try:
        os.fsync(handle)
    except OSError:
        if path.is_file():
            raise
    finally:
        os.close(handle)


def state_problem(path: Path) -> str | None:
    """Why a file holds no whole set of tensors, judged by its header and length; None where it does."""
    try:
        with safe_open(str(path), framework="numpy"):
            return None
    except (OSError, SafetensorError) as error:
        return f"{path.name} cannot be read: {' '.join(str(error).split())[:200]}"


def _array(value: Any) -> np.ndarray[Any, Any]:
    on_host = value.detach().cpu() if hasattr(value, "detach") else value
    # asarray, not ascontiguousarray: the latter gives a counter of no dimension one
    return np.asarray(on_host, order="C")
