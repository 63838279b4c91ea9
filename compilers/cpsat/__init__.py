"""The CP-SAT back-end (OR-Tools)."""
