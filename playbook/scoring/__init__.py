"""Judged from answers. Pure functions over `playbook.model`; standard library only."""
