"""Statistics of one adoption curve and one layer of ties, one per file: from frames to a frozen record."""

from __future__ import annotations

from diffuscope.models.statistics.bass import Bass, bass
from diffuscope.models.statistics.categories import AdopterCategories, adopter_categories
from diffuscope.models.statistics.degree import DegreeTime, degree_time
from diffuscope.models.statistics.influence import infectiousness, susceptibility
from diffuscope.models.statistics.innovativeness import Innovativeness, innovativeness
from diffuscope.models.statistics.moran import Moran, moran, moran_by_period
from diffuscope.models.statistics.nearness import nearness
from diffuscope.models.statistics.rates import AdoptionRates, adoption_rates
from diffuscope.models.statistics.structure import StructureTest, structure_test
from diffuscope.models.statistics.thresholds import thresholds
from diffuscope.models.statistics.unit_statistic import UnitStatistic

__all__ = [
    "AdopterCategories",
    "AdoptionRates",
    "Bass",
    "DegreeTime",
    "Innovativeness",
    "Moran",
    "StructureTest",
    "UnitStatistic",
    "adopter_categories",
    "adoption_rates",
    "bass",
    "degree_time",
    "infectiousness",
    "innovativeness",
    "moran",
    "moran_by_period",
    "nearness",
    "structure_test",
    "susceptibility",
    "thresholds",
]
