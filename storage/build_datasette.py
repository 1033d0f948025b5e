"""Write datasette.json, the metadata that opens a SQLite archive usefully in Datasette, from README.md beside this file.

Run: ``python -m storage.build_datasette``. https://docs.datasette.io/en/stable/metadata.html
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TARGET = HERE / "datasette.json"
DATABASE = "archive"
"""Datasette names a database by its file: archive.db."""
QUERY = re.compile(r"^([A-Z][^\n]*(?:\n[^\n]+)*):\n\n```sql\n(.*?)```", re.M | re.S)
ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| (.+) \|$", re.M)
HIDDEN = ("article_grams", "search_state", "fingerprints", "signatures", "alembic_version")


def queries(readme: str) -> dict[str, str]:
    """{what it answers: SQL} of every query in README.md."""
    return {" ".join(title.split()): sql.strip() for title, sql in QUERY.findall(readme)}


def metadata(readme: str) -> dict[str, Any]:
    described = {name: text for names, text in ROW.findall(readme) for name in re.findall(r"`(\w+)`", names)}
    tables: dict[str, dict[str, Any]] = {name: {"description": text.replace("`", "")} for name, text in described.items()}
    for name in HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    tables["articles"] |= {
        "sort_desc": "sort_at", "label_column": "title", "facets": ["site", "region", "source", "state", "language"], "size": 50,
        "units": {"published_offset": "min"}, "columns": {
            "sort_at": "published_at, else first_seen_at (UTC)", "published_offset": "minutes east of UTC, as printed", "damage": "number of repairs",
            "lost": "places whose text is lost for good", "rules": "version of the rules that read it",
        },
    }  # fmt: skip
    tables["edits"] |= {"facets": ["step", "rule", "kind"]}
    tables["outcomes"] |= {"facets": ["outcome"], "sort_desc": "at"}
    canned = {re.sub(r"\W+", "_", title.lower()).strip("_"): {"title": title, "sql": sql.rstrip(";")} for title, sql in queries(readme).items()}
    return {"title": "Fangzhi", "description": "An archive of regional news", "databases": {DATABASE: {"tables": tables, "queries": canned}}}


def main() -> None:
    made = metadata((HERE / "README.md").read_text("utf-8"))
    TARGET.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
