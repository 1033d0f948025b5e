"""A page becomes a true article: page -> read -> repaired -> disclaimers stripped -> related links stripped."""
