"""Scrapy settings of the project; every setting of ours is described in README.md beside this file."""

import os

from pipelines import ITEM_PIPELINES as ITEM_PIPELINES

BOT_NAME = "fangzhi"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
USER_AGENT = "fangzhi/0.1 (regional news archive)"

ARCHIVE_URL = os.environ.get("ARCHIVE_URL", "sqlite:///archive.db")
CAPTURES_DIR = os.environ.get("CAPTURES_DIR", "captures")
SITES_DIR = os.environ.get("SITES_DIR")
ALLOW_ADDRESSES: list[str] = []  # private addresses that any crawl may connect to; a profile names its own
LOGS_DIR = os.environ.get("LOGS_DIR", "logs")
SCHEDULE_SLOTS = int(os.environ.get("SCHEDULE_SLOTS", "0"))  # crawls at once; 0: as many as cores
SCHEDULE_GRACE = 60.0
SCHEDULE_RUN_HOURS = 6.0
RUN_LOG_BYTES = 4 << 20
RUN_LOG_KEEP = 20
ARCHIVE_PATIENCE = float(os.environ.get("ARCHIVE_PATIENCE", "600"))
FRONTIER_WAIT = 15.0
CAPTURES_ROTATE_MB = 1024
DISK_RESERVE_MB = 100
ALERT_TO = os.environ.get("ALERT_TO", "").split()
SILENT_DAYS = 7
MONITOR_SUITE = "crawler.monitors.suite.SiteSuite"

READ_WORKERS = int(os.environ.get("READ_WORKERS", min(2, os.cpu_count() or 1)))  # processes that read pages; 0: none, pages are read in the crawl's own
READ_PRELOAD = "pipelines.preload"
READ_SECONDS = 10.0
READ_MEMORY_MB = 512

SCHEDULER = "crawler.frontier.Frontier"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
# Scrapy's own, without those that would lose an address uncounted (off-site, redirect, refresh, retry), that allow all when robots.txt
# cannot be had, that take a cut stream for a whole one, and that keep cookies or answers. A None below would import them all the same.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.robots.StrictRobots": 100,
    "crawler.encodings.ContentEncoding": 590,
    "crawler.capture.Capture": 900,
}
TWISTED_DNS_RESOLVER = "crawler.addresses.GuardedResolver"

ROBOTSTXT_OBEY = False  # Scrapy's middleware; ours (crawler.robots) always obeys
CONCURRENT_REQUESTS = 16
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 16 << 20
DOWNLOAD_WARNSIZE = 4 << 20
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.download.BoundedHandler", "https": "crawler.download.BoundedHandler", "file": None, "data": None, "ftp": None, "s3": None,
}  # fmt: skip
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False  # a proxy of the environment would connect to what the resolver refuses
REFERRER_POLICY = "no-referrer"
# Scrapy's own, without consoles that run code and what belongs to JOBDIR. A None in EXTENSIONS would import them all the same.
EXTENSIONS_BASE = dict.fromkeys(
    (
        "scrapy.extensions.corestats.CoreStats", "scrapy.extensions.logcount.LogCount", "scrapy.extensions.memusage.MemoryUsage",
        "scrapy.extensions.closespider.CloseSpider", "scrapy.extensions.feedexport.FeedExporter", "scrapy.extensions.logstats.LogStats",
        "scrapy.extensions.throttle.AutoThrottle",
    ),
    0,
)  # fmt: skip
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_LIMIT_MB = 1024
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
FEED_EXPORT_ENCODING = "utf-8"
