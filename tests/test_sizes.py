"""The sizes that the house keeps to (CONTRIBUTING.md), and the manners of its tests."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = ("src", "tests", "benchmarks")

MAX_FILE_LINES = 500
MAX_BODY_LINES = 60
MAX_KERNEL_BODY_LINES = 80  # a kernel calls nothing that numba does not compile with it
MAX_POSITIONAL = 5
MAX_PUBLIC_METHODS = 10

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> tuple[tuple[Path, str, ast.Module], ...]:
    """Every Python file of the project with its text and its syntax tree."""
    paths = [path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.py"))]
    texts = [(path, path.read_text(encoding="utf-8")) for path in (PROJECT / "dev.py", *paths)]
    return tuple((path, text, ast.parse(text, filename=str(path))) for path, text in texts)


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[Path, str, ast.AST]]:
    """Every node of the given kinds, with its file and the file's text."""
    for path, text, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield path, text, node


def where(path: Path, node: ast.AST) -> str:
    """``src/phenotune/run/loop.py:17 evolving``."""
    name = getattr(node, "name", "")
    return f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 0)} {name}".rstrip()


def lines_of_code(text: str) -> set[int]:
    """Numbers of the lines that hold more than a comment."""
    nothing = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {
        number
        for token in tokens
        if token.type not in nothing
        for number in range(token.start[0], token.end[0] + 1)
    }


def body_lines(function: Function, code: set[int]) -> int:
    """Lines of code of a function's body, without its docstring."""
    body = (
        function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    )
    if not body:
        return 0
    return len(code & set(range(body[0].lineno, (body[-1].end_lineno or 0) + 1)))


def n_positional(function: Function) -> int:
    """Parameters that can be given by position, without self or cls."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def is_kernel(path: Path) -> bool:
    """Whether a file is one of the kernels, which are given everything, outputs included."""
    return "kernels" in path.parts


def test_files_are_short() -> None:
    long = {str(path.relative_to(PROJECT)): text.count("\n") for path, text, _ in sources()}
    assert not {name: n for name, n in long.items() if n > MAX_FILE_LINES}


def test_functions_are_short() -> None:
    long = {}
    for path, text, tree in sources():
        code = lines_of_code(text)
        for node in ast.walk(tree):
            if isinstance(node, Function):
                limit = MAX_KERNEL_BODY_LINES if is_kernel(path) else MAX_BODY_LINES
                if (n := body_lines(node, code)) > limit:
                    long[where(path, node)] = n
    assert not long


def test_functions_take_few_positional_parameters() -> None:
    many = {}
    for path, _, node in nodes(*Function.__args__):
        assert isinstance(node, Function)
        # Tests are given their parameters by name.
        is_free = is_kernel(path) or path.is_relative_to(PROJECT / "tests")
        if not is_free and n_positional(node) > MAX_POSITIONAL:
            many[where(path, node)] = n_positional(node)
    assert not many


def test_classes_have_few_public_methods() -> None:
    many = {}
    for path, _, node in nodes(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        methods = [member for member in node.body if isinstance(member, Function)]
        public = [method.name for method in methods if not method.name.startswith("_")]
        if len(public) > MAX_PUBLIC_METHODS:
            many[where(path, node)] = public
    assert not many


def test_errors_are_tested_by_their_message() -> None:
    by_kind = {"FrozenInstanceError", "KeyboardInterrupt", "StopIteration", "SystemExit"}
    wrong = []
    for path, _, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if ast.unparse(node.func) == "pytest.raises" and path.is_relative_to(PROJECT / "tests"):
            kinds = {ast.unparse(argument).rpartition(".")[2] for argument in node.args[:1]}
            if not kinds <= by_kind and not any(
                keyword.arg == "match" for keyword in node.keywords
            ):
                wrong.append(where(path, node))
    assert not wrong
