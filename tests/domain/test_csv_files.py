"""Files of contacts as people have them: read once, in pieces of any size, in bounded memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.domain.contact_rows import BadRow, NoPhoneColumn, columns_of, contact_of
from roost.domain.csv_files import (
    FORMULA,
    NoCsv,
    Row,
    check_is_csv,
    escaped,
    lines_of,
    rows_of,
    separator_of,
    unescaped,
)
from roost.domain.number_plan import Dialling, international

CELLS = st.lists(
    st.lists(st.text(alphabet='ab ñ€,;"\n\t=', max_size=8).filter(lambda cell: cell.strip()), min_size=1, max_size=4),
    max_size=8,
)
SPAIN, GERMANY = Dialling("34", "", "00", (9,)), Dialling("49", "0", "00", (10, 11))
US = Dialling("1", "1", "011", (10,))


def read(content: bytes, piece: int = 7, separator: str = ",", start: int = 0) -> list[Row]:
    pieces = (content[at : at + piece] for at in range(start, len(content), piece))
    return list(rows_of(lines_of(pieces, start), separator))


@given(rows=CELLS, separator=st.sampled_from([",", ";", "\t"]), piece=st.integers(1, 40))
def test_what_a_csv_writer_wrote_is_read_whatever_pieces_it_comes_in(
    rows: list[list[str]], separator: str, piece: int
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    content = written.getvalue().encode()
    assert [list(row.cells) for row in read(content, piece, separator)] == rows


@given(rows=CELLS, stop=st.integers(0, 8))
def test_reading_on_behind_any_row_gives_the_rest(rows: list[list[str]], stop: int) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    content = written.getvalue().encode()
    whole = read(content)
    stop = min(stop, len(whole))
    start = whole[stop - 1].end if stop else 0
    assert whole[:stop] + read(content, start=start) == whole


def test_lines_of_either_encoding_are_read_and_a_byte_order_mark_is_none_of_the_text() -> None:
    content = b"\xef\xbb\xbfphone,name\n+34600000101,Mu\xc3\xb1oz\n+34600000102,Mu\xf1oz \x80\r\n"
    assert [row.cells for row in read(content)] == [
        ("phone", "name"),
        ("+34600000101", "Muñoz"),
        ("+34600000102", "Muñoz €"),
    ]


def test_a_quote_that_is_never_closed_costs_its_own_row() -> None:
    content = b'a,1\nb,"2\nc,3\nd,4\n'
    rows = read(content)
    assert [row.cells for row in rows] == [("a", "1"), (), ("c", "3"), ("d", "4")]
    assert rows[1].problem == "has a quote that is never closed"


def test_empty_lines_are_counted_before_the_row_they_precede() -> None:
    rows = read(b'\n\na,1\r\n\r\n"b\n\nc",2\nd,"3\n\ne,4\n')
    assert [(row.cells[:1], row.blank_before) for row in rows] == [(("a",), 2), (("b\n\nc",), 1), ((), 0), (("e",), 1)]


def test_a_stray_carriage_return_costs_its_row_and_is_named() -> None:
    rows = read(b"a,1\nb\rx,2\nc,3\n")
    assert [row.problem for row in rows] == [
        None,
        "has a line break (CR) in the middle of a cell: put the cell into quotes",
        None,
    ]


def test_a_file_that_is_cut_off_says_so_in_its_last_row() -> None:
    assert read(b"a,1\nb,")[-1].cut_off
    assert not read(b"a,1\nb,2\n")[-1].cut_off


def test_a_line_of_ten_megabytes_is_passed_over_in_little_memory() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a,1\n"
        for _ in range(160):
            yield b"x" * 65_536
        yield b"\nb,2\n"

    tracemalloc.start()
    rows = list(rows_of(lines_of(pieces(), 0), ","))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [row.cells or row.problem for row in rows] == [("a", "1"), "is longer than 64 KB", ("b", "2")]
    assert peak < 2**20, f"{peak / 2**10:.0f} KB"


@pytest.mark.parametrize(
    ("beginning", "part"),
    [
        (b"\x1f\x8b\x08", "compressed"),
        (b"PK\x03\x04", "Excel"),
        (b"\xff\xfep\x00", "UTF-16"),
        (b"phone\x00", "binary"),
        (b"phone,name\r+34600000101,Ana\r", "line ends of old Macs"),
    ],
)
def test_what_is_no_csv_is_called_what_it_is(beginning: bytes, part: str) -> None:
    with pytest.raises(NoCsv, match=part):
        check_is_csv(beginning)


@pytest.mark.parametrize(
    ("header", "separator"), [("phone", ","), ("phone;name", ";"), ('"a,b,c";phone', ";"), ("phone\tname", "\t")]
)
def test_the_separator_is_the_one_that_the_header_has(header: str, separator: str) -> None:
    assert separator_of(header) == separator


@given(st.text(max_size=10).filter(lambda cell: not cell.startswith("'")))
def test_what_a_spreadsheet_would_run_is_escaped_and_read_back(cell: str) -> None:
    assert not escaped(cell).startswith(FORMULA)
    assert unescaped(escaped(cell)) == cell


def test_headings_are_understood_as_people_write_them() -> None:
    assert columns_of(["Phone Number", "First-Name", " E-Mail", "City"]) == ("phone", "first_name", "email", "City")
    with pytest.raises(NoPhoneColumn, match="no column headed phone; its columns are: first_name, City"):
        columns_of(["First Name", "City"])
    with pytest.raises(NoPhoneColumn, match="two columns that mean phone"):
        columns_of(["Phone", "Mobile"])


def test_a_row_says_what_stands_in_it_and_nothing_of_empty_cells() -> None:
    columns = ("phone", "first_name", "tags", "city")
    found = contact_of(columns, ["600 000 101", "", "vip; old", "'=Vigo"], SPAIN, frozenset({"new"}))
    assert found == ("+34600000101", {"fields": {"city": "=Vigo"}, "tags": frozenset({"vip", "old", "new"})})


@pytest.mark.parametrize(
    ("heading", "cell", "is_out"),
    [
        ("do_not_contact", "yes", True),
        ("Opted Out", "TRUE", True),
        ("unsubscribed", "1", True),
        ("opt-out", "sí", True),
        ("do_not_contact", "no", False),
        ("do_not_contact", "", False),
        ("opted_out", "False", False),
    ],
)
def test_a_row_may_say_that_its_number_wants_nothing_more(heading: str, cell: str, is_out: bool) -> None:
    _, changes = contact_of(columns_of(["phone", heading]), ["+34600000101", cell], None, frozenset())
    assert changes == ({"do_not_contact": True} if is_out else {})


def test_one_of_several_columns_is_enough_to_want_nothing_more() -> None:
    """Exports of other systems, and our own of an account that has a field of such a name, have more than one."""
    columns = columns_of(["phone", "do_not_contact", "unsubscribed"])
    for cells in (["yes", "no"], ["", "1"]):
        assert contact_of(columns, ["+34600000101", *cells], None, frozenset())[1] == {"do_not_contact": True}


def test_a_word_that_is_neither_yes_nor_no_refuses_the_row_rather_than_drop_an_opt_out() -> None:
    with pytest.raises(BadRow, match="neither yes nor no"):
        contact_of(columns_of(["phone", "unsubscribed"]), ["+34600000101", "2024-05-01"], None, frozenset())


@pytest.mark.parametrize("phone", ["3.46E+10", "3,46001E+10", "4.15556e10"])
def test_a_number_that_a_spreadsheet_has_shortened_is_refused_with_the_way_out(phone: str) -> None:
    with pytest.raises(BadRow) as refusal:
        contact_of(("phone",), [phone], SPAIN, frozenset())
    assert "format the column as text" in refusal.value.problem


@pytest.mark.parametrize(
    ("text", "dialling", "number"),
    [
        ("(415) 555-1234", US, "+14155551234"),
        ("1-415-555-1234", US, "+14155551234"),
        ("011 34 600 111 222", US, "+34600111222"),
        ("34600111222", SPAIN, "+34600111222"),
        ("0151 12345678", GERMANY, "+4915112345678"),
        ("+49 (0)151 12345678", SPAIN, "+4915112345678"),
        ("0049 151 12345678", None, "+4915112345678"),
        ("\u202a+34 600 111 222\u202c", None, "+34600111222"),
        ("+34600111222.0", None, "+34600111222"),
        ("15112345678.0", GERMANY, "+4915112345678"),
        ("600111222,00", SPAIN, "+34600111222"),
        ("415.555.0000", US, "+14155550000"),
        ("4155551234", None, None),
        ("4915112345678", GERMANY, "+4915112345678"),
        ("12", SPAIN, None),
        ("call me", SPAIN, None),
        ("=HYPERLINK(1)", SPAIN, None),
    ],
)
def test_numbers_are_made_international_or_refused(text: str, dialling: Dialling | None, number: str | None) -> None:
    assert international(text, dialling) == number
