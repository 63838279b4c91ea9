"""What becomes of a schedule when its tasks last longer or shorter: Monte-Carlo runs of its policy, by columns."""

from schedc.compilers.simulation.play import Simulated, simulate

__all__ = ["Simulated", "simulate"]
