from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import Progress


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_the_time_left_is_told_from_the_second_unit_on():
    clock = Clock()
    pace = Pace(10, "work", clock=clock)
    clock.now += 60  # warming up does not count
    assert pace.at(1).seconds_left is None
    clock.now += 2
    assert pace.at(2).seconds_left == 16.0
    clock.now += 2
    assert pace.at(3).seconds_left == 14.0


def test_what_is_done_has_no_time_left():
    clock = Clock()
    pace = Pace(2, "work", clock=clock)
    pace.at(1)
    clock.now += 5
    assert pace.at(2).seconds_left == 0.0
    assert pace.at(2).fraction == 1.0


def test_an_empty_job_is_done():
    assert Progress(0, 0, None, "").fraction == 1.0
