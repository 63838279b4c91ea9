"""From `.sched` text to a model: parse, evaluate over columns, check, build, format."""
