"""One job at a time: it ends, it is cancelled, or it fails with a sentence."""

import threading

import pytest

from segstudio.errors import Cancelled, CannotTrain
from segstudio.jobs.steps import Progress
from segstudio.ui.job_runner import JobRunner

WAIT_MS = 10_000


@pytest.fixture
def runner(qtbot):
    made = JobRunner()
    yield made
    made.stop()
    qtbot.waitUntil(lambda: not made.is_running, timeout=WAIT_MS)


def test_steps_arrive_in_order_and_in_the_windows_thread(qtbot, runner):
    seen = []
    runner.step.connect(lambda step: seen.append((step, threading.current_thread())))
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        assert runner.start("count", lambda: iter([1, 2, 3]), needs_torch=False)
    assert [step for step, _ in seen] == [1, 2, 3]
    assert {thread for _, thread in seen} == {threading.main_thread()}


def test_a_cancel_bites_within_one_step(qtbot, runner):
    walked, may_go_on = [], threading.Semaphore(1)

    def steps():
        for number in range(1000):
            may_go_on.acquire()
            walked.append(number)
            yield number

    def cancel(_):
        runner.cancel()
        may_go_on.release()

    runner.step.connect(cancel)
    with qtbot.waitSignal(runner.cancelled, timeout=WAIT_MS):
        runner.start("long", steps, needs_torch=False)
    assert len(walked) <= 2


def test_a_cancelled_generator_runs_its_finally_and_may_hand_over_a_last_step(qtbot, runner):
    seen, ended = [], threading.Event()

    def steps():
        try:
            while True:
                yield "working"
        except Cancelled:
            yield "best so far"
        finally:
            ended.set()

    def take(step):
        seen.append(step)
        runner.cancel()

    runner.step.connect(take)
    with qtbot.waitSignal(runner.cancelled, timeout=WAIT_MS):
        runner.start("teach", steps, needs_torch=False)
    assert ended.is_set()
    assert seen[-1] == "best so far"


def test_what_a_person_can_act_upon_is_said_word_for_word(qtbot, runner):
    def steps():
        yield 1
        raise CannotTrain("approve 3 more tiles")

    with qtbot.waitSignal(runner.failed, timeout=WAIT_MS) as failed:
        runner.start("fine-tune", steps, needs_torch=False)
    assert failed.args == ["approve 3 more tiles"]


def test_a_bug_becomes_a_sentence_and_its_traceback_is_logged(qtbot, runner, caplog):
    def steps():
        yield 1
        raise ZeroDivisionError("oops")

    with qtbot.waitSignal(runner.failed, timeout=WAIT_MS) as failed:
        runner.start("predict", steps, needs_torch=False)
    assert "ZeroDivisionError: oops" in failed.args[0]
    assert "Traceback" in caplog.text


def test_a_second_job_is_refused_while_one_runs(qtbot, runner):
    gate = threading.Event()

    def steps():
        gate.wait(10)
        yield 1

    assert runner.start("first", steps, needs_torch=False)
    assert not runner.start("second", steps, needs_torch=False)
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        gate.set()
    assert not runner.is_running


def test_progress_is_thinned_out_but_its_end_is_always_said(qtbot, runner):
    seen = []
    runner.step.connect(seen.append)
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        runner.start("many", lambda: (Progress(n, 5000, None, "") for n in range(1, 5001)), needs_torch=False)
    assert seen[-1].done == 5000
    assert len(seen) < 1000
