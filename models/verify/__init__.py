"""The judge: decides whether a schedule keeps a model, by means no compiler shares."""

from schedc.models.verify.judge import verify
from schedc.models.verify.verdict import LISTED, Breach, More, ServiceFigure, SoftFigure, Verdict, Violation

__all__ = ["LISTED", "Breach", "More", "ServiceFigure", "SoftFigure", "Verdict", "Violation", "verify"]
