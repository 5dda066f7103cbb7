"""Tried out on models: what a mechanism may bring, before anybody is asked to take part in it."""
