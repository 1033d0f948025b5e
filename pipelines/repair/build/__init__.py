"""How the data of this folder are made: run by hand, with the sources at hand; nothing here is needed to repair text."""
