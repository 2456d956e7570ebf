"""What a prediction will take, said before: from what was measured here, else from the card."""

from dataclasses import replace

import pytest
from test_pace import Clock

from segstudio.jobs import estimate as room
from segstudio.jobs.estimate import Cost, estimate
from segstudio.jobs.paces import MeasuredPace, PaceFile, PaceKey, PaceMeasure, is_warm
from segstudio.jobs.plan import PredictionPlan
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.jobs.steps import Progress, StripReady
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window

KEY = PaceKey("mff-light", 3, 512, "torch", "cpu")


@pytest.fixture
def file(tmp_path) -> PaceFile:
    return PaceFile(tmp_path / "paces.json")


@pytest.fixture
def info(scene):
    with open_raster(scene[0]) as raster:
        return raster.info


@pytest.fixture
def request_(scene) -> PredictRequest:
    return PredictRequest(scene[0], "mff-light", device="cpu", engine_name="torch", patch=64)


def plan_of(request: PredictRequest, info) -> PredictionPlan:
    return request.plan(info, "content")


class TestPaceFile:
    def test_what_was_added_is_found_and_later_runs_count_more(self, file):
        assert file.find(KEY) is None
        file.add(KEY, MeasuredPace(0.1, 2.0, 500.0, 4.0))
        file.add(KEY, MeasuredPace(0.3, 4.0, 300.0, 4.0))
        found = file.find(KEY)
        assert (found.window_s, found.start_s) == (pytest.approx(0.2), pytest.approx(3.0))
        assert found.memory_mb == 500.0  # a warm process takes no more, a cold one does
        assert file.find(replace(KEY, device="gpu")) is None

    @pytest.mark.parametrize("text", ["", "[1]", "{", '{"x": 1}'])
    def test_a_damaged_file_costs_figures_only(self, tmp_path, text):
        (tmp_path / "paces.json").write_text(text)
        file = PaceFile(tmp_path / "paces.json")
        assert file.find(KEY) is None
        file.add(KEY, MeasuredPace(0.1, 2.0, 500.0))
        assert file.find(KEY) is not None

    def test_a_folder_that_cannot_be_written_to_stops_nobody(self, tmp_path):
        (tmp_path / "place").write_text("a file where the folder should be")
        file = PaceFile(tmp_path / "place" / "paces.json")
        file.add(KEY, MeasuredPace(0.1, 2.0, 500.0))
        assert file.find(KEY) is None


class TestMeasure:
    def test_the_first_window_pays_for_the_start(self, file):
        clock = Clock()
        measure = PaceMeasure(clock=clock)
        clock.now += 5
        for done in range(1, 8):
            measure.note(Progress(done, 7, None, ""))
            clock.now += 0.5
        measure.keep(KEY, band_mb=0.0, multiply_adds_g=1.0, file=file)
        found = file.find(replace(KEY, is_warm=is_warm()))
        assert (found.start_s, found.window_s) == (pytest.approx(5.0), pytest.approx(0.5))

    def test_a_run_of_few_windows_says_nothing(self, file):
        measure = PaceMeasure()
        for done in (0, 1, 2):
            measure.note(Progress(done, 9, None, ""))
        measure.keep(KEY, band_mb=0.0, multiply_adds_g=1.0, file=file)
        assert file.find(replace(KEY, is_warm=is_warm())) is None

    def test_a_run_leaves_its_pace(self, scene, version):
        request = PredictRequest(scene[0], str(version.folder), device="cpu", engine_name="torch", patch=40)
        list(predict(request))
        with open_raster(scene[0]) as raster:
            found = estimate(request, raster.info, plan_of(request, raster.info))
        assert found.basis == "measured"
        assert 0 < found.seconds < 60


class TestEstimate:
    def test_the_first_time_rests_on_the_card_and_is_called_so(self, request_, info, file):
        found = estimate(request_, info, plan_of(request_, info), file=file)
        assert (found.basis, found.windows, found.share_done) == ("card", 24, 0)
        assert found.seconds > 0
        assert found.memory_mb > 500

    def test_it_follows_region_and_patch(self, request_, info, file):
        file.add(Cost.of(request_, info).key, MeasuredPace(1.0, 0.0, 100.0))
        whole = estimate(request_, info, plan_of(request_, info), file=file)
        part = replace(request_, window=Window(0, 0, 64, 64))
        assert estimate(part, info, plan_of(part, info), file=file).seconds < whole.seconds == 24
        other = replace(request_, patch=128)
        assert estimate(other, info, plan_of(other, info), file=file).basis == "card"

    def test_what_is_finished_is_not_counted(self, request_, info, file):
        file.add(Cost.of(request_, info).key, MeasuredPace(1.0, 0.0, 100.0))
        plan = plan_of(request_, info)
        (panel,) = plan.panels
        found = estimate(request_, info, plan, panel.strips[:3], file)
        assert (found.windows, found.windows_left, found.seconds) == (24, 12, 12)
        assert found.share_done == 0.5

    def test_a_cold_process_has_to_load_the_engine_first(self, request_, info, file):
        cold = replace(Cost.of(request_, info).key, is_warm=False)
        file.add(replace(cold, is_warm=True), MeasuredPace(1.0, 0.5, 100.0))
        assert room._known(cold, file).memory_mb == 100.0 + room._PROGRAM_MB
        assert room._known(replace(cold, is_warm=True), file).memory_mb == 100.0
        file.add(cold, MeasuredPace(1.0, 2.0, 700.0))
        assert room._known(cold, file).memory_mb == 700.0

    def test_other_models_here_tell_how_fast_the_machine_is(self, request_, info, file):
        cost = Cost.of(request_, info)
        file.add(replace(cost.key, card="other"), MeasuredPace(1.0 + cost.pipeline_s, 0.0, 100.0, 10.0))
        found = estimate(request_, info, plan_of(request_, info), file=file)
        assert found.basis == "other models"
        expected = room._START_S + 24 * (cost.multiply_adds_g / 10.0 + cost.pipeline_s)
        assert found.seconds == pytest.approx(expected)

    def test_of_a_device_nothing_is_known_about_nothing_is_said(self, request_, info, file):
        request = replace(request_, device="cuda")
        found = estimate(request, info, plan_of(request, info), file=file)
        assert (found.seconds, found.basis) == (None, "unknown")

    def test_more_than_is_free_is_too_much(self, request_, info, file, monkeypatch):
        monkeypatch.setattr(room, "free_mb", lambda: 100.0)
        assert estimate(request_, info, plan_of(request_, info), file=file).is_too_much


class TestPlan:
    def test_a_key_says_everything_the_answers_depend_on(self, request_, info):
        plan = plan_of(request_, info)
        assert plan.key == plan_of(request_, info).key
        changes = (
            *({"patch": 96}, {"overlap": 0.5}, {"window": Window(0, 0, 90, 90)}),
            *({"device": "gpu"}, {"model": "two-decoder-light"}, {"class_ids": {"water": 3}}),
        )
        others = [plan_of(replace(request_, **change), info).key for change in changes]
        others.append(request_.plan(info, "other content").key)
        assert len({plan.key, *others}) == len(others) + 1

    def test_a_card_without_weights_is_never_gone_on_with(self, request_, info):
        assert plan_of(replace(request_, model="conv1x1", untrained=True), info).key == ""

    def test_it_counts_what_the_prediction_does(self, scene, version):
        request = PredictRequest(scene[0], str(version.folder), device="cpu", patch=48)
        steps = list(predict(request))
        with open_raster(scene[0]) as raster:
            plan = plan_of(request, raster.info)
        assert plan.window_count == max(step.total for step in steps if isinstance(step, Progress))
        assert plan.strip_count == sum(isinstance(step, StripReady) for step in steps)
