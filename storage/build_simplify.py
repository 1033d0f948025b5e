"""Write simplify.tsv: one traditional character and its simplified one a line.

Made from the OpenCC dictionaries (Apache-2.0) in the package ``opencc``. Run: ``python -m storage.build_simplify``.
"""

from __future__ import annotations

from pathlib import Path

TARGET = Path(__file__).with_name("simplify.tsv")
RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FA20), (0x30000, 0x32400))
CONFIGS = ("t2s", "hk2s", "tw2s")
"""The later ones are asked about characters that the earlier leave alone: 著 is 着 only to Taiwan's."""


def main() -> None:
    from opencc import OpenCC

    table: dict[str, str] = {}
    for config in CONFIGS:
        convert = OpenCC(config).convert
        simplified = {new for char, new in table.items() if "\u3400" <= char < "\ua000"}  # 么 is no traditional 幺
        for char in (chr(code) for first, end in RANGES for code in range(first, end)):
            new = convert(char)
            if new != char and len(new) == 1 and char not in table and char not in simplified:
                table[char] = new
    pairs = []
    for char, new in sorted(table.items()):
        while new in table:
            new = table[new]
        pairs.append(f"{char}\t{new}\n")
    TARGET.write_text("".join(pairs), "utf-8")


if __name__ == "__main__":
    main()
