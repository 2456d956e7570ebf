"""The permissive sets: what each says, and what it does not say."""

from pathlib import Path

import numpy as np
import pytest
from public_folders import write_dubai, write_gsi, write_hot

from segstudio.errors import RasterError
from segstudio.jobs.public_sets import dubai, gsi_roads, hot_buildings
from segstudio.training.sources import UNSAID


def test_dubai_parts_keep_tile_and_part_and_leave_grey_unsaid(tmp_path: Path) -> None:
    write_dubai(tmp_path)
    parts = dubai(tmp_path)
    assert [(each.tile, each.part) for each in parts] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    source = parts[0].source
    ids = source.annotation.read(source.info.extent)
    assert set(np.unique(ids[:48])) <= {0, 1, 2, 3, 4}
    assert (ids[48:] == UNSAID).all()
    assert source.not_class is None


def test_roads_say_road_or_not_road_and_never_land(tmp_path: Path) -> None:
    write_gsi(tmp_path)
    (source,) = gsi_roads(tmp_path)
    assert source.not_class is not None
    ids, not_ids = (plane.read(source.info.extent) for plane in (source.annotation, source.not_class))
    assert (ids[:, :32] == 2).all() and (ids[:, 32:] == UNSAID).all()
    assert (not_ids[:, :32] == UNSAID).all() and (not_ids[:, 32:] == 2).all()


def test_buildings_are_drawn_where_their_polygon_lies(tmp_path: Path) -> None:
    write_hot(tmp_path)
    source, nothing = hot_buildings(tmp_path)
    assert source.not_class is not None and nothing.not_class is not None
    ids = source.annotation.read(source.info.extent)
    rows, cols = np.nonzero(ids == 0)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (96, 191, 64, 127)
    not_building = source.not_class.read(source.info.extent)
    # 0.3 m a pixel: the outline's own two pixels and what lies beyond 30 m say nothing
    assert not_building[140, 62] == UNSAID
    assert not_building[140, 140] == 0
    assert not_building[140, 250] == UNSAID
    assert (nothing.not_class.read(nothing.info.extent) == UNSAID).all()


@pytest.mark.parametrize("read", [dubai, gsi_roads, hot_buildings])
def test_a_folder_without_the_set_says_what_was_looked_for(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(RasterError, match="folder"):
        read(tmp_path)


def test_a_broken_geojson_is_named(tmp_path: Path) -> None:
    write_hot(tmp_path)
    (tmp_path / "labels.geojson").write_text('{"features": [{"geometry": null}]}', encoding="utf-8")
    with pytest.raises(RasterError, match=r"labels\.geojson"):
        hot_buildings(tmp_path)
