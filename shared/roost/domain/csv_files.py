"""CSV as people have it: any of four separators, UTF-8 or Windows-1252 line by line, quoted line breaks, broken quotes.

Read as a stream in bounded memory: what belongs to no row costs a line of it, not the file.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

MOST_LINE_BYTES = 64 * 1_024
MOST_LINES = 50
"""A row has at most so many lines and bytes: beyond that a quote was opened and never closed."""

SEPARATORS = (",", ";", "\t", "|")

NO_CSV = (
    (b"\x1f\x8b", "is compressed: upload the CSV itself"),
    (b"PK\x03\x04", "is an Excel workbook or an archive: save it as CSV and upload that"),
    (codecs.BOM_UTF16_LE, "is UTF-16: save it as CSV UTF-8"),
    (codecs.BOM_UTF16_BE, "is UTF-16: save it as CSV UTF-8"),
)


class NoCsv(Exception):
    """The file is no CSV at all; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """`end`: the place in the file behind it. `text` None: it is longer than a row may be."""

    end: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """`end`: the place in the file behind it, where reading can go on. `problem`: why there are no `cells`; `cut_off`:
    nothing ends it, not even a line break. `blank_before`: empty lines that were passed over to it, which a spreadsheet
    counts as rows; a cell with line breaks is within one row there too."""

    end: int
    cells: tuple[str, ...] = ()
    problem: str | None = None
    cut_off: bool = False
    blank_before: int = 0


def separator_of(header: str) -> str:
    """The one that stands most often in the header outside quotes; a comma where none does."""
    outside = "".join(part for place, part in enumerate(header.split('"')) if place % 2 == 0)
    return max(SEPARATORS, key=outside.count)


def check_is_csv(beginning: bytes) -> None:
    """Raises NoCsv."""
    for mark, what in NO_CSV:
        if beginning.startswith(mark):
            raise NoCsv(what)
    if b"\r" in beginning and b"\n" not in beginning:
        raise NoCsv("has the line ends of old Macs (CR alone): save it as CSV UTF-8")
    if b"\x00" in beginning:
        raise NoCsv("holds binary data: save it as CSV UTF-8")


def lines_of(chunks: Iterable[bytes], start: int) -> Iterator[Line]:
    """`start`: the place in the file of the first byte. A line that is too long is passed over, never held."""
    rest, end, passing = b"", start, False
    for chunk in chunks:
        pieces = (rest + chunk).split(b"\n")
        rest = pieces.pop()
        for piece in pieces:
            end += len(piece) + 1
            yield Line(end, None if passing or len(piece) > MOST_LINE_BYTES else _decoded(piece) + "\n")
            passing = False
        if len(rest) > MOST_LINE_BYTES:
            end, rest, passing = end + len(rest), b"", True
    if rest or passing:
        end += len(rest)
        yield Line(end, None if passing else _decoded(rest))


def rows_of(lines: Iterable[Line], separator: str) -> Iterator[Row]:
    """A row that cannot be read costs its first line only. Empty lines are no rows."""
    ahead: deque[Line] = deque()
    rest, blank = iter(lines), 0
    while first := (ahead.popleft() if ahead else next(rest, None)):
        if first.text is None:
            row = Row(first.end, problem=f"is longer than {MOST_LINE_BYTES // 1_024} KB")
        elif not first.text.strip():
            blank += 1
            continue
        else:
            row, unused = _row(first, ahead, rest, separator)
            ahead.extendleft(reversed(unused))
        yield replace(row, blank_before=blank)
        blank = 0


def _row(first: Line, ahead: deque[Line], rest: Iterator[Line], separator: str) -> tuple[Row, list[Line]]:
    """And the lines that were looked at in vain."""
    taken = [first]

    def texts() -> Iterator[str]:
        size = 0
        while True:
            text = taken[-1].text
            if text is None or len(taken) > MOST_LINES or (size := size + len(text)) > MOST_LINE_BYTES:
                raise csv.Error("unexpected end of data")
            yield text
            following = ahead.popleft() if ahead else next(rest, None)
            if following is None:
                return
            taken.append(following)

    try:
        cells = next(csv.reader(texts(), delimiter=separator, strict=True))
    except csv.Error as error:
        return Row(first.end, problem=_problem(error)), taken[1:]
    last = taken[-1]
    return Row(last.end, tuple(cells), cut_off=not (last.text or "").endswith("\n")), []


def _problem(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "has a quote that is never closed"
    if "new-line character" in str(error):
        return "has a line break (CR) in the middle of a cell: put the cell into quotes"
    return "has a quote in the middle of a cell: double it, or put the cell into quotes"


def _decoded(line: bytes) -> str:
    """Files that were put together from several have lines of either kind."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    return text.removeprefix("\ufeff").removesuffix("\r").replace("\x00", "")


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def escaped(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
