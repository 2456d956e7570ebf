"""Examines the machine and says, finding by finding, what is well and the way out of what is not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `way_out` is empty where nothing is to be done."""

    name: str
    status: Status
    detail: str
    way_out: str = ""


def examine() -> Iterator[Finding]:
    """Every check, the quick ones first; the last loads torch and takes some seconds."""
    from segstudio.jobs import doctor_machine, doctor_packages

    checks: tuple[Callable[[], Finding], ...] = (
        doctor_packages.check_python,
        doctor_packages.check_packages,
        doctor_packages.check_opencv,
        doctor_packages.check_qt_variables,
        doctor_machine.check_qt_libraries,
        doctor_machine.check_xcb_libraries,
        doctor_machine.check_display,
        doctor_machine.check_memory,
        doctor_machine.check_disk,
        doctor_machine.check_settings_folder,
        doctor_machine.check_gpu,
        doctor_packages.check_fast_engine,
        doctor_packages.check_torch,
    )
    for check in checks:
        yield check()
