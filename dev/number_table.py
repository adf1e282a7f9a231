"""`make countries`, second table: which time zones a number may be in, and how countries dial, from libphonenumber."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberDesc
from phonenumbers.tzdata import TIMEZONE_DATA

TABLE = Path(__file__).parents[1] / "shared/roost/storage/number_table.json"


def diallings() -> dict[str, tuple[str, str, str, list[int], list[int]]]:
    """Code, trunk prefix, exit code, lengths and those of mobile numbers by ISO code. An exit code that depends on the
    carrier is left out."""
    found = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        metadata = PhoneMetadata.metadata_for_region(region)
        exit_code = metadata.international_prefix if metadata.international_prefix.isdigit() else ""
        lengths = _lengths(metadata.general_desc)
        mobile = (_lengths(metadata.mobile) if metadata.mobile else []) or lengths
        found[region] = (str(metadata.country_code), metadata.national_prefix or "", exit_code, lengths, mobile)
    return found


def _lengths(numbers: PhoneNumberDesc) -> list[int]:
    return sorted(length for length in numbers.possible_length if length > 0)


def zones() -> tuple[list[list[str]], dict[str, int]]:
    """The sets of zones, and for each prefix the place of its set. One that says what its shorter prefix says is left
    out."""
    groups: dict[tuple[str, ...], int] = {}
    prefixes: dict[str, int] = {}
    for prefix, named in sorted(TIMEZONE_DATA.items()):
        place = groups.setdefault(tuple(named), len(groups))
        shorter = next((prefix[:end] for end in range(len(prefix) - 1, 0, -1) if prefix[:end] in prefixes), None)
        if shorter is None or prefixes[shorter] != place:
            prefixes[prefix] = place
    return [list(group) for group in groups], prefixes


def main() -> None:
    groups, prefixes = zones()
    source = f"phonenumbers {version('phonenumbers')} (libphonenumber); make countries"
    table = {"source": source, "diallings": diallings(), "zones": groups, "prefixes": prefixes}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in table.items())
    TABLE.write_text(f"{{{lines}}}\n", encoding="utf-8")
    print(f"Written: {TABLE.relative_to(TABLE.parents[3])}")


if __name__ == "__main__":
    main()
