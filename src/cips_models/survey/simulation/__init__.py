"""Synthetic surveys shaped like CIPS, with their truth beside them.

``questionnaire`` says what is asked of how many, ``world`` what is true, ``selection`` which
factors are supported, ``sample`` who answers what; ``draw`` puts these together until the
published headline appears, ``third_wave`` goes on from there, ``truth`` states
what is true on every scale, and ``simulate`` writes it all as a study that reads like any other.
"""

from cips_models.survey.simulation.simulate import simulate

__all__ = ["simulate"]
