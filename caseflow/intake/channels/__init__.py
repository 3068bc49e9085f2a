"""One parser per door; each ends in an `IncomingReport`."""
