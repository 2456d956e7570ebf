"""How much memory the program holds, and the GPU where torch is at work on one."""

import sys

from segstudio.ui.words import file_size


def read_memory() -> str:
    """`412 MB`, and `GPU 3.1 / 8.0 GB` once torch uses one; for worker threads."""
    import psutil  # 25 ms: the worker has them, the start of the window has not

    own = file_size(psutil.Process().memory_info().rss)
    gpu = _gpu_memory()
    return f"{own}   {gpu}" if gpu else own


def _gpu_memory() -> str | None:
    """Torch is only looked at where a job has brought it already."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    if cuda is None or not hasattr(cuda, "is_initialized") or not cuda.is_initialized():
        return None
    free, total = cuda.mem_get_info()
    return f"GPU {(total - free) / 1024**3:.1f} / {file_size(total)}"
