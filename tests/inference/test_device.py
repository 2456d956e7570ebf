import os
import subprocess
import sys

import pytest

from segstudio.errors import ModelError
from segstudio.inference.device import CPU, pick_device


def test_a_cpu_is_always_there_and_stays_at_full_precision() -> None:
    assert pick_device("cpu") == CPU
    assert CPU.precision == "fp32"


def test_a_device_this_machine_lacks_is_refused_with_the_way_out() -> None:
    with pytest.raises(ModelError, match="choose cpu or auto"):
        pick_device("xpu9")


def test_preparing_a_process_needs_no_torch_and_sets_how_threads_wait() -> None:
    code = (
        "import os, sys; from segstudio.inference.device import prepare_process; prepare_process();"
        "assert os.environ['OMP_WAIT_POLICY'] == 'PASSIVE'; assert 'torch' not in sys.modules"
    )
    bare = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run([sys.executable, "-c", code], env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how glibc keeps a heap")
def test_a_job_in_any_thread_keeps_its_heap_and_gives_it_back_at_its_end() -> None:
    code = """
import threading
from pathlib import Path
from segstudio.inference.device import prepare_process, release_memory
prepare_process()
import numpy as np

def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

def job():
    kept = []
    for _ in range(20):
        kept += [np.ones(2_500_000), np.ones(1000)]  # 20 MB, and a little that stays behind it

empty = held_mb()
thread = threading.Thread(target=job)
thread.start()
thread.join()
assert held_mb() > empty + 300, held_mb() - empty
release_memory()
assert held_mb() < empty + 50, held_mb() - empty
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
