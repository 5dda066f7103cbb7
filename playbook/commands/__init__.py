"""Commands that stand on heavier libraries, each loaded only when it is asked for."""
