"""Running sites when they are due: on one machine as child processes, on many through workers."""
