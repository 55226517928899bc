"""Statistics of one adoption curve and one layer of ties, one per file: from frames to a frozen record."""

from __future__ import annotations

from diffuscope.descriptives.bass import Bass, bass
from diffuscope.descriptives.categories import AdopterCategories, adopter_categories
from diffuscope.descriptives.degree import DegreeTime, degree_time
from diffuscope.descriptives.diffusion_network import DiffusionNetwork, diffusion_network
from diffuscope.descriptives.influence import infectiousness, susceptibility
from diffuscope.descriptives.innovativeness import Innovativeness, innovativeness
from diffuscope.descriptives.moran import Moran, moran, moran_by_period
from diffuscope.descriptives.proximity_weights import proximity_weights
from diffuscope.descriptives.rates import AdoptionRates, adoption_rates
from diffuscope.descriptives.structure import StructureTest, structure_test
from diffuscope.descriptives.thresholds import thresholds
from diffuscope.descriptives.thresholds_by_policy import thresholds_by_policy
from diffuscope.descriptives.unit_statistic import UnitStatistic

__all__ = [
    "AdopterCategories",
    "AdoptionRates",
    "Bass",
    "DegreeTime",
    "DiffusionNetwork",
    "Innovativeness",
    "Moran",
    "StructureTest",
    "UnitStatistic",
    "adopter_categories",
    "adoption_rates",
    "bass",
    "degree_time",
    "diffusion_network",
    "infectiousness",
    "innovativeness",
    "moran",
    "moran_by_period",
    "proximity_weights",
    "structure_test",
    "susceptibility",
    "thresholds",
    "thresholds_by_policy",
]
