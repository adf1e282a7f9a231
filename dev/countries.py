"""`make countries`: the table of countries and their dial prefixes, from libphonenumber and CLDR.

Needs an environment of its own (requirements/countries.in): nothing that is deployed carries the 48 MB of metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import phonenumbers
from babel import Locale
from phonenumbers import PhoneNumber

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "shared/roost/storage/country_table.json"

NORTH_AMERICA = 1
AREA_CODE = 3
DEEPEST = 5
"""Countries that share a calling code differ within the next five digits, those of +1 by their area code."""

TAILS = ("2345678", "234567", "23456", "2345", "5550123")
"""Number ends to try behind a prefix: enough to make a valid number of every length that a shared code has."""


def countries() -> Iterator[dict[str, object]]:
    """One entry a country, by ISO code. `prefixes`: without the plus; a number belongs to the longest that it begins
    with. Western Sahara has none of its own: its numbers are valid Moroccan ones.
    """
    owned = _prefixes_by_region()
    names = Locale("en").territories
    for region in sorted(region for region, prefixes in owned.items() if prefixes):
        code = _dial_code(region, owned[region])
        yield {"country": region, "name": names[region], "dial_code": code, "prefixes": owned[region]}


def _dial_code(region: str, prefixes: list[str]) -> str:
    """As people write it: +44 for Jersey too, but +1242 for the Bahamas; +1 is the United States and Canada."""
    code = phonenumbers.country_code_for_region(region)
    shares_one = code == NORTH_AMERICA and region not in ("US", "CA")
    return f"+{prefixes[0] if shares_one else code}"


def _prefixes_by_region() -> dict[str, list[str]]:
    owned: dict[str, list[str]] = {region: [] for region in phonenumbers.SUPPORTED_REGIONS}
    for code, (main, *others) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if main not in owned:
            continue  # satellites and other codes of no country
        owned[main].append(str(code))
        for prefix, region in _shared(code, main) if others else ():
            owned[region].append(f"{code}{prefix}")
    return owned


def _shared(code: int, main: str) -> Iterator[tuple[str, str]]:
    """The shortest prefixes under a calling code all of whose numbers belong to one country other than `main`."""
    deepest = AREA_CODE if code == NORTH_AMERICA else DEEPEST
    leaves = {f"{number:0{deepest}}": _regions(code, f"{number:0{deepest}}") for number in range(10**deepest)}
    for length in range(1, deepest + 1):
        found: dict[str, set[str]] = {}
        for leaf, regions in leaves.items():
            found.setdefault(leaf[:length], set()).update(regions)
        decided = {prefix: min(regions, default=main) for prefix, regions in found.items() if len(regions) <= 1}
        yield from ((prefix, region) for prefix, region in sorted(decided.items()) if region != main)
        leaves = {leaf: regions for leaf, regions in leaves.items() if leaf[:length] not in decided}


def _regions(code: int, prefix: str) -> set[str]:
    """Whose valid numbers begin so."""
    found = set()
    for tail in TAILS:
        number = PhoneNumber(code, int(prefix + tail), italian_leading_zero=prefix.startswith("0") or None)
        region = phonenumbers.region_code_for_number(number)
        found |= {region} if region else set()
    return found


def main() -> None:
    source = (
        f"phonenumbers {version('phonenumbers')} (libphonenumber) and babel {version('babel')} (CLDR); make countries"
    )
    lines = ",\n".join(json.dumps(country, ensure_ascii=False) for country in countries())
    TABLE.write_text(f'{{"source": {json.dumps(source)}, "countries": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"Written: {TABLE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
