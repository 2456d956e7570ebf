"""The window speaks Korean, all of it."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator

from segstudio.shipped import resources

WORDS = resources() / "translations" / "segstudio_ko.ts"
SOURCES = sorted((Path(__file__).resolve().parents[2] / "segstudio" / "ui").rglob("*.py"))


def messages(path: Path):
    root = ElementTree.parse(path).getroot()
    for context in root.iter("context"):
        for message in context.iter("message"):
            yield context.findtext("name"), message


def test_every_word_of_the_window_has_a_korean_one(tmp_path):
    update = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))
    if update is None:
        pytest.skip("pyside6-lupdate is not installed here")
    now = tmp_path / "now.ts"
    shutil.copy(WORDS, now)
    alias = ["-tr-function-alias", "QT_TRANSLATE_NOOP+=mark"]
    subprocess.run(
        [update, *alias, "-no-obsolete", *map(str, SOURCES), "-ts", str(now)], check=True, capture_output=True
    )
    missing = [
        (name, message.findtext("source"))
        for name, message in messages(now)
        if message.find("translation").get("type") == "unfinished"
    ]
    assert not missing


def test_placeholders_survive_translation():
    for _, message in messages(WORDS):
        source, korean = message.findtext("source"), message.findtext("translation")
        names = {part.split("}")[0] for part in source.split("{")[1:]}
        assert {part.split("}")[0] for part in korean.split("{")[1:]} == names, source


def test_the_compiled_words_are_found(qapp):
    translator = QTranslator()
    assert translator.load(QLocale("ko_KR"), "segstudio", "_", str(WORDS.parent))
    assert translator.translate("actions", "Undo") == "실행 취소"
