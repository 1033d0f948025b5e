"""Bytes to text. The label is a witness, not a judge: what the bytes say decides."""

from __future__ import annotations

from crawler.decode.evidence import Decoded, decode

__all__ = ["Decoded", "decode"]
