"""What a problem, a schedule and the truth are. Imports nothing else of schedc and no solver."""
