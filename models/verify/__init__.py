"""The judge: decides whether a schedule keeps a model, by means no compiler shares."""
