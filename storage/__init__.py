"""The archive: tables, the one writer, captures, families, every query."""
