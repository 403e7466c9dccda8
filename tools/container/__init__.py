"""Builds the container image and tries it, also where there is no Docker."""
