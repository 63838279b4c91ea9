"""How findings, schedules and progress look: to people as text and pictures, to programs as JSON."""
