"""Repetitions by another kind of model, which are shown and count in no test: dyads, pooled policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.records import Estimate
from diffuscope.records.library_warnings import library_warnings
from diffuscope.study.dyads import dyad_model
from diffuscope.study.pooled import pooled_model

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.records import Analysis, Specification
    from diffuscope.study.panels import ExposedPanel


def other_model(
    case: Case, analysis: Analysis, exposed_panel: ExposedPanel, specification: Specification, seed: int
) -> Estimate:
    """The model of dyads, or of pooled policies, that a repetition asks for; or why it cannot be fitted.

    Parameters
    ----------
    case : Case
    analysis : Analysis
        The question as the repetition asks it.
    exposed_panel : ExposedPanel
    specification : Specification
        With `rows` or `pooling`.
    seed : int
        Of the draws of a pooled model.
    """
    record = Estimate(id=specification.id, description=specification.says, formula="")
    with library_warnings() as messages:
        try:
            if specification.rows == "dyads":
                record = dyad_model(case, analysis, exposed_panel, record)
            else:
                record = pooled_model(analysis, exposed_panel, record, seed)
        except (CaseError, MethodError, PlanError) as error:
            return msgspec.structs.replace(record, refused=str(error))
    return msgspec.structs.replace(record, warnings=(*record.warnings, *messages))
