"""Every table of the archive. TEXT without lengths, times in UTC, hashes as unique keys."""

from __future__ import annotations

from storage.tables.articles import AddressRow, ArticleRow, EditRow, SearchStateRow, VersionRow
from storage.tables.base import BigId, Table, UTCDateTime
from storage.tables.crawl import CaptureRow, DeadLetterRow, ForgottenRow, FrontierRow, HostRow, OutcomeRow, RunRow
from storage.tables.families import FamilyLinkRow, FamilyMergeRow, FamilyRow, FingerprintRow, SignatureRow
from storage.tables.sites import AlertRow, FiringRow, LearnedLineRow, PauseRow, PlanRow, SiteRow

__all__ = [
    "AddressRow", "AlertRow", "ArticleRow", "BigId", "CaptureRow", "DeadLetterRow", "EditRow", "FamilyLinkRow", "FamilyMergeRow",
    "FamilyRow", "FingerprintRow", "FiringRow", "ForgottenRow", "FrontierRow", "HostRow", "LearnedLineRow", "OutcomeRow",
    "PauseRow", "PlanRow", "RunRow", "SearchStateRow", "SignatureRow", "SiteRow", "Table", "UTCDateTime", "VersionRow",
]  # fmt: skip
