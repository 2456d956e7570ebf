"""Who goes first on a busy machine."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from segstudio.inference.device import ARITHMETIC_THREADS
from segstudio.ui.priority import Politeness


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_threads_of_a_prediction_step_back_and_others_do_not():
    politeness = Politeness()
    with ThreadPoolExecutor(1, f"{ARITHMETIC_THREADS}-net") as net, ThreadPoolExecutor(1, "other") as other:
        threads = [pool.submit(threading.get_native_id).result() for pool in (net, other)]
        politeness.apply()
        nices = [os.getpriority(os.PRIO_PROCESS, thread) for thread in threads]
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert nices[0] > mine and nices[1] == mine
