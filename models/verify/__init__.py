"""The judge: decides whether a schedule keeps a model, by means no compiler shares."""

from schedc.models.verify.judge import verify
from schedc.models.verify.verdict import LISTED, More, Verdict, Violation

__all__ = ["LISTED", "More", "Verdict", "Violation", "verify"]
