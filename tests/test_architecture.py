"""The house keeps its walls: what import-linter cannot say is said here."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "segstudio"
FACES = sorted(PACKAGE.rglob("__init__.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = {"torch", "torchvision", "timm", "segmentation_models_pytorch"}


def imports_at_import_time(tree: ast.Module) -> set[str]:
    """Top-level names of what a module imports when it is itself imported."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.parent.name)
def test_a_package_face_says_what_lives_there_and_re_exports_nothing(face: Path):
    tree = ast.parse(face.read_text())
    assert ast.get_docstring(tree), f"{face} has no docstring"
    assert not imports_at_import_time(tree)


def test_modules_import_each_other_in_no_circle():
    graph: dict[str, set[str]] = {}
    known = {module_name(path) for path in MODULES}
    for path in MODULES:
        imported = imports_at_import_time(ast.parse(path.read_text()))
        graph[module_name(path)] = imported & known
    assert not circle_in(graph)


def test_circle_detection_finds_a_circle():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c", "a"]
    assert not circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()})


def module_name(path: Path) -> str:
    """Dotted name of a module of ours."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """One import circle as a path that ends where it starts; empty when there is none."""
    finished: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in finished:
            return []
        for imported in sorted(graph[name]):
            if found := walk(imported, [*path, name]):
                return found
        finished.add(name)
        return []

    for name in sorted(graph):
        if found := walk(name, []):
            return found
    return []


@pytest.mark.parametrize("module", ["cli.main", "cli.learn", "jobs.predict", "jobs.fine_tune", "ui.app"])
def test_torch_is_not_loaded_by_importing(module: str):
    code = f"import sys, segstudio.{module}; print(*sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
