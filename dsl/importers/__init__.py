"""Foreign instance formats, each written out as `.sched` text and tables."""
