"""A long session must not use up the interpreter's only True."""

import subprocess
import sys

PROGRAM = """
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from segstudio.ui.desk import Desk
desk = Desk()
for number in range(200_000):
    desk.move_cursor(number, number)
print("alive")
"""


def test_two_hundred_thousand_signals_leave_the_interpreter_alive():
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout.strip() == "alive", ran.stderr
    assert ran.returncode == 0
