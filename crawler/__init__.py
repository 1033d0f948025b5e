"""What to fetch and how politely: sites, frontier, capture, decoding, links."""
