"""Each way in which text gets broken, and the edits that undo it: text in, edits out."""
