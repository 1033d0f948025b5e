"""Write simplify.tsv: one traditional character and its simplified one a line.

Made from the OpenCC dictionaries (Apache-2.0) in the package ``opencc``. Run: ``python -m storage.build_simplify``.
"""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).with_name("simplify.tsv")
RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


def main() -> None:
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    pairs = []
    for first, end in RANGES:
        for code in range(first, end):
            char = chr(code)
            new = convert(char)
            if new != char and len(new) == 1:
                pairs.append(f"{char}\t{new}\n")
    TARGET.write_text("".join(pairs), "utf-8")


if __name__ == "__main__":
    main()
