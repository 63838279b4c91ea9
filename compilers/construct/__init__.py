"""Constructive schedules: serial generation under priority rules, before any solver runs."""
