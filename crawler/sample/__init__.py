"""A county news site of our own writing, served on loopback, with its truth known."""
