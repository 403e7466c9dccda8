"""Hostile input against the whole worker, with figures: `./run fuzz`."""
