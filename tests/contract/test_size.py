"""A file is one idea: at most 250 lines, and no function over 60."""

from __future__ import annotations

import ast

from tests.contract.repository import code_files, parsed, shown

LONGEST_FILE = 250
LONGEST_FUNCTION = 60


def test_no_file_is_over_250_lines() -> None:
    lengths = {shown(file): len(file.read_text(encoding="utf-8").splitlines()) for file in code_files()}
    assert lengths, "there is code"
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_over_60_lines() -> None:
    long = {
        f"{shown(file)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for file in code_files()
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}
