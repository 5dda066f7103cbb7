"""Exports of real platforms → the one event table."""
