"""Models of who adopts when: one estimator or statistic per file, each from a frame to a frozen record."""

from __future__ import annotations

from diffuscope.models.cox import cox
from diffuscope.models.firth import firth
from diffuscope.models.fit import Fit
from diffuscope.models.history import event_history
from diffuscope.models.separation import Separation, separation

__all__ = ["Fit", "Separation", "cox", "event_history", "firth", "separation"]
