"""From a model to a schedule: one folder a back-end, each behind the same Protocols."""
