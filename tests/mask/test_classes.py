"""The class list refuses what would mix classes up, and travels through JSON."""

import json

import pytest

from segstudio.errors import ProjectError
from segstudio.mask.classes import (
    UNLABELLED,
    ClassList,
    SegmentationClass,
    default_classes,
    load_classes,
    next_colour,
)

ROAD = SegmentationClass(2, "road", "#6EC1E4")
WATER = SegmentationClass(4, "water", "#E2A929", visible=False, locked=True)


def test_a_class_list_comes_back_from_json_as_it_was():
    classes = ClassList((ROAD, WATER))
    assert ClassList.from_json(classes.to_json()) == classes
    assert ClassList.from_json(json.loads(classes.to_json())) == classes


def test_classes_are_found_by_id_and_by_name_in_any_case():
    classes = ClassList((ROAD, WATER))
    assert classes.by_id(4) is WATER
    assert classes.by_name("ROAD") is ROAD
    assert classes.locked_ids == (4,)


def test_a_class_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(ProjectError, match="road, water"):
        ClassList((ROAD, WATER)).by_name("rood")


def test_the_list_is_changed_by_making_another():
    classes = ClassList((ROAD, WATER))
    assert classes.without(2).names == ("water",)
    assert classes.renamed(2, "track").names == ("track", "water")
    assert classes.with_class(SegmentationClass(0, "roof", "#000000")).ids == (2, 4, 0)
    assert classes.names == ("road", "water")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ('{"id": 1}', "must be a list"),
        ("[3]", "class number 1"),
        ('[{"id": "one", "name": "a"}]', "0 to 254"),
        ('[{"id": 255, "name": "a"}]', "0 to 254"),
        ('[{"id": 1}]', "no name"),
        ('[{"id": 1, "name": "a", "colour": "red"}]', "#RRGGBB"),
        ('[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]', "twice"),
        ('[{"id": 1, "name": "a"}, {"id": 2, "name": "A"}]', "twice"),
    ],
)
def test_a_wrong_classes_file_is_refused_with_a_reason(text, says):
    with pytest.raises(ProjectError, match=says):
        ClassList.from_json(text)


def test_a_missing_classes_file_says_the_way_out(tmp_path):
    with pytest.raises(ProjectError, match="choose another"):
        load_classes(tmp_path / "none.json")


def test_a_classes_file_is_read(tmp_path):
    path = tmp_path / "classes.json"
    path.write_text(ClassList((ROAD,)).to_json())
    assert load_classes(path) == ClassList((ROAD,))


def test_the_palette_is_indexed_by_class_id():
    palette = ClassList((ROAD, WATER)).palette()
    assert palette.shape == (256, 3)
    assert palette[2].tolist() == [0x6E, 0xC1, 0xE4]
    assert palette[UNLABELLED].tolist() == [0, 0, 0]


def test_new_colours_are_never_taken_ones():
    taken: list[str] = []
    for _ in range(254):
        taken.append(next_colour(taken))
    assert len(set(taken)) == 254
    assert default_classes().next_colour not in {entry.colour for entry in default_classes()}
    assert default_classes().next_id == 5


@pytest.mark.parametrize(
    ("class_id", "name", "colour"), [(1, "road", "a\nb"), (300, "a\nb", "#000000"), (300, "road", "#000000")]
)
def test_what_a_strangers_class_list_says_is_refused_in_one_line(class_id, name, colour):
    with pytest.raises(ProjectError) as refusal:
        SegmentationClass(class_id, name, colour)
    assert "\n" not in str(refusal.value)
