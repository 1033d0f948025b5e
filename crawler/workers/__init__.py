"""Pure functions run in worker processes: a page that loops, crashes or eats memory costs one page, never the crawl."""
