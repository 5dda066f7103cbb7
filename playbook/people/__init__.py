"""Proved from events: intimacy, tags, path, KOCs, health. The event table in, tables out."""
