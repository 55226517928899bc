"""Models of who adopts when: one estimator or statistic per file, each from a frame to a frozen record."""

from __future__ import annotations

from diffuscope.models.design.separation import Separation, separation
from diffuscope.models.estimators.conditional_logit import conditional_logit
from diffuscope.models.estimators.cox import cox
from diffuscope.models.estimators.cumulative_incidence import cumulative_incidence
from diffuscope.models.estimators.event_history import event_history
from diffuscope.models.estimators.firth import firth
from diffuscope.models.estimators.firth_bootstrap import firth_bootstrap
from diffuscope.models.estimators.kaplan_meier import kaplan_meier, logrank_test
from diffuscope.models.estimators.pooled import PooledFit, pooled_history
from diffuscope.models.export.side_by_side import regression_table
from diffuscope.models.fit import Fit
from diffuscope.models.inference.multiple_imputation import CombinedFit, combine_fits
from diffuscope.models.postestimation.adoption_curve import adoption_curve
from diffuscope.models.postestimation.effects_over_range import EffectCurve, effects_over_range
from diffuscope.models.postestimation.likelihood_ratio import compare_durations, likelihood_ratio
from diffuscope.models.postestimation.marginal_effects import average_marginal_effects
from diffuscope.models.postestimation.predict import baseline_hazard, predicted_hazard
from diffuscope.models.postestimation.proportional_hazards import proportional_hazards_test
from diffuscope.models.postestimation.scores import Scores, score_hazards
from diffuscope.models.postestimation.validation import Validation, validate_out_of_time
from diffuscope.models.refit.specification_curve import SpecificationCurve, specification_curve

__all__ = [
    "CombinedFit",
    "EffectCurve",
    "Fit",
    "PooledFit",
    "Scores",
    "Separation",
    "SpecificationCurve",
    "Validation",
    "adoption_curve",
    "average_marginal_effects",
    "baseline_hazard",
    "combine_fits",
    "compare_durations",
    "conditional_logit",
    "cox",
    "cumulative_incidence",
    "effects_over_range",
    "event_history",
    "firth",
    "firth_bootstrap",
    "kaplan_meier",
    "likelihood_ratio",
    "logrank_test",
    "pooled_history",
    "predicted_hazard",
    "proportional_hazards_test",
    "regression_table",
    "score_hazards",
    "separation",
    "specification_curve",
    "validate_out_of_time",
]
