"""How a site's articles are found: feeds, sitemaps, e-paper issues, and a first look at a site nobody has described."""
