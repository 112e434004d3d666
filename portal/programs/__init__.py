"""Programmes and opportunities as dated data, the conditions they set, and payments in plain words."""
