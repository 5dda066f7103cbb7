"""Assess, compare and plan a community."""

__version__ = "0.1.0"
