"""Rules that hold for every file of the package."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50

each_module = pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(ROOT / "src")) for path in MODULES]
)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 50


@each_module
def test_a_module_says_what_it_is_and_is_short(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) < LONGEST_MODULE


@each_module
def test_functions_are_short(path: Path) -> None:
    long = [
        function.name
        for function in functions(ast.parse(path.read_text()))
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        path.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    ]
    # The second knows what must be known before settings can be imported.
    assert set(readers) <= {"settings.py", "environment.py"}
