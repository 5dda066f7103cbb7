"""Proved from events: intimacy, tags, path, KOCs, health. The event table in, tables out."""

#: So many weeks, at least and at most, lie on each side of an action. (Here, for the command line
#: to tell without loading an engine.)
WEEKS = (3, 26)
