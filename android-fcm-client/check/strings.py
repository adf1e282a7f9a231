"""Every language has every text, with the same placeholders: strings.py RES_FOLDER."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

PLACEHOLDER = re.compile(r"%\d\$[sd]")


def texts(folder: Path) -> dict[str, list[str]]:
    root = ElementTree.parse(folder / "strings.xml").getroot()
    return {entry.attrib["name"]: sorted(PLACEHOLDER.findall(entry.text or "")) for entry in root}


def main(res: str) -> int:
    english = texts(Path(res, "values"))
    wrong = []
    for folder in sorted(Path(res).glob("values-??")):
        other = texts(folder)
        wrong += [f"{folder.name}: {name}" for name in sorted(english.keys() ^ other.keys())]
        wrong += [f"{folder.name}: {name} has other placeholders" for name in english.keys() & other.keys()
                  if english[name] != other[name]]  # fmt: skip
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(english)} texts in each language\n" if not wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
