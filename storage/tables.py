"""Every table of the archive. TEXT without lengths, times in UTC, hashes as unique keys."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, ForeignKey, Index, Integer, LargeBinary, MetaData, Text, text
from sqlalchemy import DateTime as SQLDateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# SQLite numbers only INTEGER PRIMARY KEY columns by itself.
BigId = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC. SQLite drops the zone of a DateTime, so it is put back here."""

    impl = SQLDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; give an aware datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: Text(),
        datetime: UTCDateTime(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class SiteRow(Table):
    """A site: its profile as last used, its lease (one run at a time, fenced by a token), its plan."""

    __tablename__ = "sites"
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    region: Mapped[str | None]
    profile: Mapped[dict[str, Any] | None]
    paused: Mapped[bool] = mapped_column(default=False)
    lease_token: Mapped[int] = mapped_column(BigInteger, default=0)
    """Grows by one with every lease; a commit under an older token is refused."""
    lease_owner: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]


class RunRow(Table):
    """One run of one site (or of an import or replay)."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(default="crawl")
    """crawl, backfill, import, replay."""
    state: Mapped[str] = mapped_column(default="running")
    """running, finished, degraded, failed, lost."""
    token: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    exit_code: Mapped[int | None]
    reason: Mapped[str | None]
    counts: Mapped[dict[str, Any] | None]
    """{outcome: number}, ``fetched`` and what else the run counted."""
    log: Mapped[str | None]
    firing_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The planned start that it belongs to; None for a run that a person started."""


class PlanRow(Table):
    """What a planner knows of a site: its schedule as last read, and up to when it has been planned."""

    __tablename__ = "plans"
    site: Mapped[str] = mapped_column(primary_key=True)
    schedule: Mapped[str]
    timezone: Mapped[str]
    planned_until: Mapped[datetime]
    """Planned times up to here have been served or folded."""
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    """The next planned time; None: the site has no schedule any more."""


class PauseRow(Table):
    """A time in which a site was not planned; the newest one of a site is open while ``sites.paused``."""

    __tablename__ = "pauses"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site: Mapped[str] = mapped_column(index=True)
    paused_at: Mapped[datetime]
    paused_by: Mapped[str]
    reason: Mapped[str | None]
    resumed_at: Mapped[datetime | None]
    resumed_by: Mapped[str | None]


class AlertRow(Table):
    """Something wrong with a site that people have been told of; gone when it is over."""

    __tablename__ = "alerts"
    site: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    since: Mapped[datetime]
    told_at: Mapped[datetime]


class FiringRow(Table):
    """One planned start of a site; (site, planned_at) is unique, so it happens once."""

    __tablename__ = "firings"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site: Mapped[str]
    planned_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="planned")
    """planned, started, done, failed, folded (into a later one)."""
    folded: Mapped[int] = mapped_column(default=0)
    """How many earlier planned times it stands for."""
    since: Mapped[datetime | None]
    """The earliest of them."""
    claim: Mapped[int] = mapped_column(BigInteger, default=0)
    """Grows by one with every start; what is done under an older one is refused."""
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    owner: Mapped[str | None]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    exit_code: Mapped[int | None]
    reason: Mapped[str | None]
    log: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index("uq_firings_site_planned_at", "site", "planned_at", unique=True),
        Index("ix_firings_state", "state", "not_before"),
        Index("uq_firings_started", "site", unique=True, sqlite_where=text("state = 'started'"), postgresql_where=text("state = 'started'")),
    )  # fmt: skip


class FrontierRow(Table):
    """One address, its state and when it is due next."""

    __tablename__ = "frontier"
    site: Mapped[str] = mapped_column(primary_key=True)
    """Two sites may both list an address; each has its own row."""
    url_key: Mapped[bytes] = mapped_column(primary_key=True)
    """First 16 bytes of SHA-256 of the canonical URL."""
    host: Mapped[str] = mapped_column(default="")
    """Host name of the address; what a host asks of us (`HostRow`) holds for all its rows."""
    url: Mapped[str]
    kind: Mapped[str]
    """section, feed, sitemap, article, epaper, page (page 2 … of an article)."""
    state: Mapped[str] = mapped_column(default="pending")
    """pending, leased, done, failed, forgotten."""
    token: Mapped[int | None] = mapped_column(BigInteger)
    """Lease token of the run that holds the row."""
    priority: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    """When it may be fetched (again); None: never."""
    attempts: Mapped[int] = mapped_column(default=0)
    visits: Mapped[int] = mapped_column(default=0)
    depth: Mapped[int] = mapped_column(default=0)
    found_on: Mapped[bytes | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[bytes | None]
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    """The newest capture that holds a body; a ``revisit`` record refers to it."""
    capture_digest: Mapped[str | None]
    captured_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    context: Mapped[dict[str, Any] | None]
    """What the listing said (title, date, edition); given to the Page."""
    yield_count: Mapped[int] = mapped_column(default=0)
    """Listings: new articles found at the last visit."""
    interval: Mapped[int | None]
    """Listings: seconds until the next visit, adapted to how often new articles appear."""
    first_seen_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index("ix_frontier_due", "site", "state", "next_at", "priority"),
    )  # fmt: skip


class HostRow(Table):
    """What a host asked of us, kept across restarts."""

    __tablename__ = "hosts"
    host: Mapped[str] = mapped_column(primary_key=True)
    not_before: Mapped[datetime | None]
    """No request before this (Retry-After, back-off)."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row; back-off grows with it."""
    day: Mapped[str | None]
    fetched: Mapped[int] = mapped_column(default=0)
    """Requests on ``day`` (UTC, YYYY-MM-DD)."""


class OutcomeRow(Table):
    """How one fetch of one address in one run ended."""

    __tablename__ = "outcomes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("runs.id"), index=True)
    url_key: Mapped[bytes]
    url: Mapped[str]
    outcome: Mapped[str]
    """stored, unchanged, revised, joined, listing, redirected, gone, dropped, failed."""
    reason: Mapped[str | None]
    at: Mapped[datetime]
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    article_id: Mapped[int | None] = mapped_column(BigInteger)


class CaptureRow(Table):
    """Index of the WARC records."""

    __tablename__ = "captures"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(index=True)
    url: Mapped[str]
    fetched_at: Mapped[datetime]
    status: Mapped[int]
    content_type: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="response")
    """response, revisit."""
    refers_to: Mapped[int | None] = mapped_column(BigInteger)
    """Of a revisit: the capture that holds the body."""
    file: Mapped[str]
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    truncated: Mapped[str | None]
    """Why the body is not whole, in WARC/1.1's words: length, disconnect."""
    broken: Mapped[str | None]
    """What `scrapy fsck` found wrong with the record; None: nothing."""
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("uq_captures_file_offset", "file", "offset", unique=True),)


class ArticleRow(Table):
    """An article, its current version."""

    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(unique=True)
    """First 16 bytes of SHA-256 of the article's identity: rel=canonical within the site, else the canonical URL."""
    url: Mapped[str]
    canonical_url: Mapped[str | None]
    site: Mapped[str | None] = mapped_column(index=True)
    region: Mapped[str | None]
    title: Mapped[str | None]
    title_raw: Mapped[str | None]
    subtitle: Mapped[str | None]
    text: Mapped[str]
    text_extracted: Mapped[str]
    summary: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_offset: Mapped[int | None]
    """Minutes east of UTC as printed."""
    published_precision: Mapped[str | None]
    published_raw: Mapped[str | None]
    published_from: Mapped[str | None]
    modified_at: Mapped[datetime | None]
    modified_offset: Mapped[int | None]
    """Minutes east of UTC as printed."""
    authors: Mapped[list[Any]]
    editor: Mapped[str | None]
    source: Mapped[str | None]
    section: Mapped[str | None]
    language: Mapped[str | None]
    script: Mapped[str | None]
    dateline: Mapped[str | None]
    images: Mapped[list[Any]]
    attachments: Mapped[list[Any]]
    tags: Mapped[list[Any]]
    edition_date: Mapped[date | None]
    edition_page: Mapped[str | None]
    edition_section: Mapped[str | None]
    encoding: Mapped[dict[str, Any] | None]
    quality: Mapped[str] = mapped_column(default="ok")
    extractor: Mapped[str | None]
    rules: Mapped[str]
    """Version of the rules that read and repaired it."""
    content_hash: Mapped[bytes] = mapped_column(index=True)
    """SHA-256 of title and text, normalised (NFKC, white space and punctuation out)."""
    damage: Mapped[int] = mapped_column(default=0)
    """Number of repair edits."""
    lost: Mapped[int] = mapped_column(default=0)
    """Number of edits of kind ``lost``."""
    family_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="live")
    """live, revised, gone."""
    sort_at: Mapped[datetime] = mapped_column(index=True)
    """published_at, else first_seen_at: newest first."""
    position: Mapped[int] = mapped_column(BigInteger)
    """Place in the order of ``sort_at``, to ten minutes: see `storage.search.positions`."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    extra: Mapped[dict[str, Any] | None]
    __table_args__ = (Index("ix_articles_position", "position", unique=True),)


class SearchStateRow(Table):
    """The search table's version and reach; one row."""

    __tablename__ = "search_state"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scheme: Mapped[int]
    """The `storage.search.index.SCHEME` that the tokens were made by."""
    spill: Mapped[int] = mapped_column(BigInteger)
    """Ten-minute buckets that an article was at most moved to find a free position."""
    sampled: Mapped[int] = mapped_column(server_default="0")
    """Articles whose characters were counted."""
    counts: Mapped[str] = mapped_column(server_default="{}")
    """{character: how many of them have it}, as JSON."""
    common: Mapped[str] = mapped_column(server_default="")
    """Characters that are no tokens: see `storage.search.common`."""


class VersionRow(Table):
    """One version of an article; the newest is also in ``articles``."""

    __tablename__ = "versions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("articles.id"))
    version: Mapped[int]
    title: Mapped[str | None]
    text: Mapped[str]
    text_extracted: Mapped[str]
    fields: Mapped[dict[str, Any]]
    """The other fields, as JSON."""
    content_hash: Mapped[bytes]
    rules: Mapped[str]
    valid_from: Mapped[datetime]
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (Index("uq_versions_article_id_version", "article_id", "version", unique=True),)


class EditRow(Table):
    """The repair ledger: one change of one field by one step."""

    __tablename__ = "edits"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("versions.id"), index=True)
    ordinal: Mapped[int]
    step: Mapped[str]
    rule: Mapped[str]
    field: Mapped[str]
    pass_: Mapped[int] = mapped_column("pass")
    start: Mapped[int]
    before: Mapped[str]
    after: Mapped[str]
    confidence: Mapped[float]
    kind: Mapped[str]


class AddressRow(Table):
    """Other addresses of an article (redirects, rel=canonical, print views)."""

    __tablename__ = "addresses"
    url_key: Mapped[bytes] = mapped_column(primary_key=True)
    url: Mapped[str]
    article_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("articles.id"), index=True)


class DeadLetterRow(Table):
    """A page whose processing raised; kept with traceback until it is retried."""

    __tablename__ = "dead_letters"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url_key: Mapped[bytes] = mapped_column(index=True)
    url: Mapped[str]
    site: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    capture_id: Mapped[int | None] = mapped_column(BigInteger)
    step: Mapped[str]
    error: Mapped[str]
    traceback: Mapped[str]
    at: Mapped[datetime]
    retried_at: Mapped[datetime | None]


class LearnedLineRow(Table):
    """A line that recurs over a site's articles, as counted last."""

    __tablename__ = "learned_lines"
    site: Mapped[str] = mapped_column(primary_key=True)
    line_hash: Mapped[bytes] = mapped_column(primary_key=True)
    line: Mapped[str]
    articles: Mapped[int]
    """Articles that have it; copies of one story count once."""
    first_article: Mapped[int | None] = mapped_column(BigInteger)
    head: Mapped[int] = mapped_column(server_default="0")
    """Of these, how many have it among their first two lines."""
    tail: Mapped[int] = mapped_column(server_default="0")
    """How many among their last three."""


class ForgottenRow(Table):
    """A deletion on a rightful request: that it happened, not what was deleted."""

    __tablename__ = "forgotten"
    url_key: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str]


class FamilyRow(Table):
    """A story and its copies."""

    __tablename__ = "families"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    head_id: Mapped[int | None] = mapped_column(BigInteger)
    """Article that had it first."""
    size: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class FamilyLinkRow(Table):
    """How an article stands to another; ``same`` and ``lead_of`` join families, the others do not.

    "a lead_of b": a is the beginning of b. "a part_of b": a stands whole in b (a story in a round-up, a further page).
    "a excerpt_of b": they share a passage.
    """

    __tablename__ = "family_links"
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    other_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)
    relation: Mapped[str]
    """same, lead_of, excerpt_of, part_of."""
    contained: Mapped[float]
    """Weighted share of this article's fingerprint that the other has."""
    contains: Mapped[float]
    substituted: Mapped[float]
    numbers: Mapped[float]
    scheme: Mapped[int]
    at: Mapped[datetime]


class FamilyMergeRow(Table):
    """Articles that went from one family to another: a merge of two, or a split; undoable."""

    __tablename__ = "family_merges"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kept_id: Mapped[int] = mapped_column(BigInteger)
    gone_id: Mapped[int] = mapped_column(BigInteger)
    moved: Mapped[list[Any]]
    """Article ids that went from ``gone_id`` to ``kept_id``."""
    because_of: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(server_default="merge")
    """merge, split."""
    batch: Mapped[int | None] = mapped_column(BigInteger)
    """The batch pass it belongs to; None: on arrival."""


class SignatureRow(Table):
    """What the family search keeps of an article."""

    __tablename__ = "signatures"
    article_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    family_id: Mapped[int] = mapped_column(BigInteger)
    scheme: Mapped[int]
    """Version of normalisation and hashing; hashes of different schemes are never compared."""
    size: Mapped[int]
    """Number of its hashes, kept for it or for others, without those that many stories share."""


class FingerprintRow(Table):
    """One kept hash of one article."""

    __tablename__ = "fingerprints"
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = {"sqlite_with_rowid": False}
