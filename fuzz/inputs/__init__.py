"""Hostile and healthy input, made on the spot."""
