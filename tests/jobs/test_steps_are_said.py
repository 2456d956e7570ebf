"""What a terminal or a program hears of the steps of a long verb, and what Ctrl-C does to it."""

import io
import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from segstudio.cli.output import Output, json_line
from segstudio.cli.walk import walk
from segstudio.errors import Cancelled
from segstudio.jobs import steps


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_one_progress_line_that_vanishes():
    out, err = io.StringIO(), Terminal()
    output = Output(out, err, as_json=False)
    output.step(steps.Progress(1, 4, 75.0, "Predicting"))
    assert err.getvalue() == "\rPredicting  25%, 01:15 left"
    output.step(steps.Notice("look here"))
    assert err.getvalue().endswith("\r" + " " * 27 + "\r")
    assert out.getvalue() == "look here\n"


def test_without_a_terminal_stderr_stays_empty():
    out, err = io.StringIO(), io.StringIO()
    Output(out, err, as_json=False).step(steps.Progress(1, 4, None, "Predicting"))
    assert out.getvalue() == err.getvalue() == ""


def test_progress_is_told_a_few_times_a_second_and_at_the_end():
    out = io.StringIO()
    output = Output(out, io.StringIO(), as_json=True)
    for done in range(1, 1001):
        output.step(steps.Progress(done, 1000, None, "Predicting"))
    done = [json.loads(line)["done"] for line in out.getvalue().splitlines()]
    assert len(done) < 20
    assert (done[0], done[-1]) == (1, 1000)


def test_what_json_does_not_know_becomes_null_text_or_list():
    line = json_line(
        "x", {"a": float("nan"), "b": Path("p"), "c": np.array([1, 2]), "d": {1: np.float32(0.5)}}
    )
    assert json.loads(line) == {"event": "x", "a": None, "b": "p", "c": [1, 2], "d": {"1": 0.5}}


def interrupted(answer):
    """A long verb during which the person presses Ctrl-C; it has `answer` to say about that."""
    try:
        yield steps.Notice("one")
        os.kill(os.getpid(), signal.SIGINT)
        yield steps.Notice("two")
        yield steps.Notice("never")
    except Cancelled:
        if answer is None:
            raise
        yield answer


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("answer", [None, steps.Notice("kept")])
def test_ctrl_c_is_told_to_the_verb_which_may_have_a_last_word(answer):
    out = io.StringIO()
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(Cancelled):
        walk(interrupted(answer), Output(out, io.StringIO(), as_json=False))
    assert out.getvalue().split() == ["one", "two"] + (["kept"] if answer else [])
    assert signal.getsignal(signal.SIGINT) is handler
