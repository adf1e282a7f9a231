"""Whether the compiler refused exactly the planted lines: planted.py FILE COMPILER_OUTPUT."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def main(source: str, output: str) -> int:
    lines = Path(source).read_text(encoding="utf-8").splitlines()
    planted = {number for number, line in enumerate(lines, 1) if line.endswith("// refused")}
    error = re.compile(rf"{re.escape(Path(source).name)}:(\d+):\d+: error:")
    refused = {int(number) for number in error.findall(Path(output).read_text(encoding="utf-8"))}
    for number in sorted(planted ^ refused):
        what = "was not refused" if number in planted else "should have been fine"
        sys.stdout.write(f"{source}:{number} {what}: {lines[number - 1].strip()}\n")
    sys.stdout.write(f"{len(refused & planted)} of {len(planted)} planted mistakes refused\n")
    return 0 if planted == refused else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
