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
