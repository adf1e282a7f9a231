"""Roost: your own Android phones as an SMS API."""
