"""A small Internet on this machine, in which every address leads home and tells who came."""

from fuzz.lab.ground import Ground, apart

__all__ = ["Ground", "apart"]
