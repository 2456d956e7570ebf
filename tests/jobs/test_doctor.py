from pathlib import Path

import pytest

from segstudio.jobs import doctor_machine, doctor_packages
from segstudio.jobs.doctor import examine


@pytest.mark.parametrize(
    ("version", "status"), [((3, 10), "fail"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "fail")]
)
def test_python_outside_the_supported_versions_is_refused(version, status):
    assert doctor_packages.check_python(version).status == status


def test_two_opencv_distributions_clash_and_the_way_out_names_both():
    finding = doctor_packages.check_opencv(["opencv-python", "opencv-python-headless"], has_own_qt=False)
    assert finding.status == "fail"
    assert "pip uninstall -y opencv-python opencv-python-headless" in finding.way_out


@pytest.mark.parametrize(
    ("names", "own_qt", "status"),
    [
        (["opencv-python-headless"], False, "ok"),
        (["opencv-python"], True, "fail"),
        (["opencv-python"], False, "warn"),
        ([], False, "fail"),
    ],
)
def test_only_the_headless_opencv_is_well(names, own_qt, status):
    assert doctor_packages.check_opencv(names, has_own_qt=own_qt).status == status


def test_missing_qt_libraries_are_told_by_package_name():
    finding = doctor_machine.check_qt_libraries(lambda library: library not in {"libEGL.so.1", "libGL.so.1"})
    assert (finding.status, finding.way_out) == ("fail", "sudo apt-get install libegl1 libgl1")


def test_missing_x11_libraries_fail_only_where_a_window_needs_them():
    def loads(library: str) -> bool:
        return library != "libxcb-cursor.so.0"

    assert doctor_machine.check_xcb_libraries(loads, {}).status == "warn"
    assert (
        doctor_machine.check_xcb_libraries(loads, {"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}).status == "warn"
    )
    assert doctor_machine.check_xcb_libraries(loads, {"DISPLAY": ":0"}).status == "fail"


def test_no_display_is_a_warning_on_linux_only():
    assert doctor_machine.check_display({}, "linux").status == "warn"
    assert doctor_machine.check_display({"DISPLAY": ":1"}, "linux").status == "ok"
    assert doctor_machine.check_display({}, "darwin").status == "ok"


@pytest.mark.parametrize(("free", "status"), [(5e8, "fail"), (2e9, "warn"), (8e9, "ok")])
def test_free_memory_is_judged(free, status):
    assert doctor_machine.check_memory(int(free)).status == status


@pytest.mark.parametrize(("free", "status"), [(1e8, "fail"), (1e9, "warn"), (8e9, "ok")])
def test_free_disk_is_judged(free, status, tmp_path: Path):
    assert doctor_machine.check_disk(tmp_path, int(free)).status == status


def test_a_settings_folder_not_yet_made_is_judged_by_its_nearest_parent(tmp_path: Path):
    assert doctor_machine.check_settings_folder(tmp_path / "new" / "segstudio").status == "ok"
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert doctor_machine.check_settings_folder(blocked / "segstudio").status == "fail"


def test_settings_folder_follows_the_system():
    assert doctor_machine.settings_folder({"XDG_CONFIG_HOME": "/x"}, "linux") == Path("/x/segstudio")
    assert doctor_machine.settings_folder({"APPDATA": "/a"}, "win32") == Path("/a/segstudio")


@pytest.mark.parametrize(("answer", "status"), [(None, "ok"), ("", "warn")])
def test_a_machine_without_a_card_is_well_and_a_dumb_driver_is_not(answer, status):
    assert doctor_machine.check_gpu(lambda: answer).status == status


def test_every_finding_that_is_not_ok_says_the_way_out():
    findings = list(examine())
    assert len({finding.name for finding in findings}) == len(findings) >= 10
    assert all(finding.way_out for finding in findings if finding.status != "ok")


def test_the_fast_engine_is_named_or_said_how_to_get():
    assert doctor_packages.check_fast_engine("2026.4.1").detail == "OpenVINO 2026.4.1"
    missing = doctor_packages.check_fast_engine("")
    assert (missing.status, missing.way_out) == ("ok", "")
    assert 'pip install "segstudio[fast]"' in missing.detail
