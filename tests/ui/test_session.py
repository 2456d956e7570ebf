"""Intents in, changes out: the session without a window."""

import os

import pytest
from small_scenes import SIZE, WAIT_MS, say_prediction, write_tif

from segstudio.jobs.depth_teachers import DepthSource
from segstudio.mask.origin import Origin
from segstudio.raster.window import Window
from segstudio.ui.review import most_doubtful_tile

EVERYTHING = Window(0, 0, SIZE, SIZE)


def stroke(session, *points, erase=False):
    session.begin_stroke(*points[0], erase=erase)
    for point in points[1:]:
        session.stroke_to(*point)
    session.end_stroke()


def test_an_image_opens_as_a_project_beside_it(opened, scene):
    assert opened.project.folder == scene.with_suffix(".segstudio")
    assert [entry.path for entry in opened.project.images] == [scene]


def test_opening_it_again_finds_the_same_project_and_its_strokes(opened, scene):
    stroke(opened, (100, 100), (200, 150))
    before, said = opened.document.counts(), []
    opened.notice.connect(lambda *words: said.append(words))
    opened.offer.connect(lambda *words: said.append(words))
    opened.open_path(scene)
    opened.open_path(opened.project.folder)
    assert opened.document.counts() == before != {}
    assert len(opened.project.images) == 1
    assert not said


def test_another_image_of_the_same_name_joins_the_open_project(opened, scene):
    twin = write_tif(scene.with_suffix(".tiff"))
    opened.open_path(twin)
    assert [entry.path for entry in opened.project.images] == [scene, twin]
    assert opened.document.info.path == str(twin)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_image_in_a_read_only_folder_gets_its_project_elsewhere(session, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    scene = write_tif(folder / "scene.tif")
    folder.chmod(0o555)
    session.open_path(scene)
    assert session.document is not None
    assert folder not in session.project.folder.parents


def test_a_folder_of_images_is_one_project(qtbot, session, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in "abc":
        write_tif(folder / f"{name}.tif")
    session.open_path(folder)
    qtbot.waitUntil(lambda: len(session.project.images) == 3, timeout=WAIT_MS)
    assert session.project.folder == tmp_path / "photos.segstudio"


def test_a_wrong_file_is_a_sentence_and_changes_nothing(qtbot, opened, tmp_path):
    project, wrong = opened.project, tmp_path / "wrong.tif"
    wrong.write_text("no image")
    with qtbot.waitSignal(opened.notice, timeout=WAIT_MS) as notice:
        opened.open_path(wrong)
    assert notice.args[0] == "error"
    assert opened.project is project
    assert not wrong.with_suffix(".segstudio").exists()


def test_a_stroke_is_repainted_and_can_be_undone_and_redone(qtbot, opened):
    opened.set_class(2)
    with qtbot.waitSignals([opened.mask_changed, opened.history_changed], timeout=WAIT_MS):
        stroke(opened, (100, 100), (200, 100))
    assert opened.class_at(150, 100) == 2
    opened.undo()
    assert opened.class_at(150, 100) is None
    opened.redo()
    assert opened.class_at(150, 100) == 2


def test_the_right_button_erases_to_unlabelled(opened):
    stroke(opened, (100, 100), (200, 100))
    stroke(opened, (150, 100), erase=True)
    assert opened.class_at(150, 100) is None
    assert opened.class_at(100, 100) == opened.class_id


def test_polygon_and_fill_say_that_a_tool_made_them(opened):
    opened.apply_polygon([(50, 50), (150, 50), (150, 150), (50, 150)])
    opened.set_class(3)
    opened.fill_at(100, 100)
    assert opened.class_at(60, 140) == 3
    origin = opened.document.mask.origin.read(Window(100, 100, 1, 1))
    assert origin[0, 0] == Origin.TOOL


def test_x_swaps_the_last_two_classes(opened):
    opened.set_class(1)
    opened.set_class(4)
    opened.swap_class()
    assert opened.class_id == 1
    opened.swap_class()
    assert opened.class_id == 4


def test_a_locked_class_is_not_painted_over(opened):
    opened.set_class(0)
    stroke(opened, (100, 100))
    opened.set_class_locked(0, True)
    opened.set_class(1)
    stroke(opened, (100, 100))
    assert opened.class_at(100, 100) == 0


def test_enter_accepts_the_rest_of_the_tile_as_an_edit(opened):
    say_prediction(opened, EVERYTHING, class_id=1, doubt=9)
    opened.set_class(2)
    stroke(opened, (100, 100))
    opened.move_cursor(300, 300)
    opened.accept_tile_at_cursor()
    assert opened.document.mask.annotation.read(Window(300, 300, 1, 1))[0, 0] == 1
    assert opened.class_at(100, 100) == 2
    assert opened.document.tile_state(0, 0) == "done"
    opened.undo()
    assert opened.document.counts().get(1) is None


def test_the_next_tile_is_the_one_most_in_doubt_that_is_not_done(opened):
    say_prediction(opened, Window(0, 0, 512, 512), class_id=1, doubt=40)
    say_prediction(opened, Window(512, 0, 128, 512), class_id=1, doubt=200)
    first = most_doubtful_tile(opened.document)
    assert first == Window(512, 0, 128, 512)
    opened.document.set_tile_state(first)
    assert most_doubtful_tile(opened.document) == Window(0, 0, 512, 512)


def test_areas_count_what_is_shown(qtbot, opened):
    say_prediction(opened, Window(0, 0, 200, 100), class_id=1, doubt=0)
    qtbot.waitUntil(lambda: opened.areas.pixels == {1: 20_000}, timeout=WAIT_MS)


def test_a_one_band_image_is_offered_the_gray_adapter(qtbot, session, tmp_path):
    gray = write_tif(tmp_path / "gray.tif", bands=1, dtype="uint16")
    with qtbot.waitSignal(session.offer, timeout=WAIT_MS) as offer:
        session.open_path(gray)
    offer.args[2]()
    assert session.models.text == "gray:mff-light"
    assert session.project.active_version_id == "gray:mff-light"


def test_a_model_without_weights_offers_training(qtbot, opened):
    opened.set_model("unet-light")
    with qtbot.waitSignal(opened.offer, timeout=WAIT_MS) as offer:
        opened.predict("scene")
    assert "no weights yet" in offer.args[0]
    assert opened.job is None


def test_the_stretch_of_an_image_is_remembered(qtbot, opened, scene):
    qtbot.waitUntil(lambda: opened.stretch is not None, timeout=WAIT_MS)
    opened.stretching.set_range(0, 10, 99)
    opened.open_path(scene)
    assert (opened.stretch.low[0], opened.stretch.high[0]) == (10, 99)


@pytest.fixture
def elsewhere(tmp_path):
    """A scene whose project is another one."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return write_tif(folder / "other.tif")


def test_a_stretch_stays_in_its_project_however_soon_another_opens(qtbot, opened, scene, elsewhere):
    qtbot.waitUntil(lambda: opened.stretch is not None, timeout=WAIT_MS)
    opened.stretching.set_range(0, 10, 99)
    opened.open_path(elsewhere)
    qtbot.waitUntil(lambda: opened.stretch is not None, timeout=WAIT_MS)
    assert (opened.stretch.low[0], opened.stretch.high[0]) != (10, 99)
    opened.open_path(scene)
    assert (opened.stretch.low[0], opened.stretch.high[0]) == (10, 99)


def test_opening_an_image_does_not_wait_for_its_areas(qtbot, opened, scene, elsewhere):
    stroke(opened, (100, 100), (200, 150))
    opened.open_path(elsewhere)
    opened.open_path(scene)
    assert not opened.areas.pixels
    qtbot.waitUntil(lambda: bool(opened.areas.pixels), timeout=WAIT_MS)


def test_a_stroke_under_way_ends_when_another_project_opens(opened, scene, elsewhere):
    opened.begin_stroke(100, 100)
    opened.open_path(elsewhere)
    stroke(opened, (50, 50), (60, 60))
    assert opened.document.counts()
    opened.open_path(scene)
    assert opened.document.counts()


def test_a_height_raster_becomes_the_depth_target(qtbot, opened, tmp_path):
    height = write_tif(tmp_path / "height.tif", bands=1, dtype="uint16")
    with qtbot.waitSignal(opened.job_done, timeout=WAIT_MS):
        opened.set_depth_targets(DepthSource(given=height))
    target = opened.document.mask.depth_target.read(Window(600, 3, 1, 1))
    assert target[0, 0] == 603


def test_a_picture_is_no_height_raster(qtbot, opened, tmp_path):
    with qtbot.waitSignal(opened.notice, timeout=WAIT_MS) as notice:
        opened.set_depth_targets(DepthSource(given=write_tif(tmp_path / "rgb.tif")))
    assert notice.args[0] == "error"
    assert "3 bands" in notice.args[1]


def test_classes_that_lie_beside_an_image_are_those_of_its_project(session, scene):
    (scene.parent / "classes.json").write_text('[{"id": 0, "name": "road"}, {"id": 4, "name": "not road"}]')
    session.open_path(scene)
    assert session.classes.names == ("road", "not road")
    assert session.class_list.at_key(2) == 4
