"""Watching the sites: their health as a table, as Spidermon monitors, and as alerts that people get."""
