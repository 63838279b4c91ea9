"""Made feasibility problems of rising difficulty, with a hidden witness, for people, solvers and language models.

After the R-ConstraintBench study (arXiv 2508.15204): layered precedence graphs with exactly k non-redundant edges at
level k, then downtime, windows and disjunctive pairs, and an instance in the words of a data-centre migration. Sizes,
ranges, probabilities, the text of the prompt and the weights of the curve are ours: the paper's were not at hand.
"""

from schedc.challenge.make import Challenge, Phase, Recipe, challenge, suite
from schedc.challenge.score import Curve, Graded, curve, grade
from schedc.challenge.text import answer_schema, model_text, prompt_text, witness_document

__all__ = [
    "Challenge", "Curve", "Graded", "Phase", "Recipe", "answer_schema", "challenge", "curve", "grade", "model_text",
    "prompt_text", "suite", "witness_document",
]
