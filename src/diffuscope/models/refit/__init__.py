"""Refits of one model: other values in some columns, other rows, other events, many at once."""

from __future__ import annotations

from diffuscope.models.refit.batched import BatchedFit, fit_batch
from diffuscope.models.refit.refitter import Refitter
from diffuscope.models.refit.time_varying import TimeVaryingDesign

__all__ = ["BatchedFit", "Refitter", "TimeVaryingDesign", "fit_batch"]
