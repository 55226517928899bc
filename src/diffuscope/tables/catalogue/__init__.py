"""Every table of a case, declared once; reading, checking, documentation and exports all follow from here."""

from __future__ import annotations

from diffuscope.tables.catalogue.actors import ATTRIBUTES, UNITS
from diffuscope.tables.catalogue.evidence import AUTHOR_VERDICTS, DOCUMENTS, EVIDENCE, LIKELIHOODS
from diffuscope.tables.catalogue.learning import EXCHANGES, PRACTICES
from diffuscope.tables.catalogue.links import ATTENDANCE, EVENTS, SUPPORT, TIES
from diffuscope.tables.catalogue.monitoring import AREAS, CLAIMS, FRAMEWORK, INDICATORS, PROJECTS, PUBLISHED
from diffuscope.tables.catalogue.policies import ADOPTIONS, OUTCOMES, POLICIES
from diffuscope.tables.catalogue.returns import RETURNS
from diffuscope.tables.catalogue.words import WORDS

CATALOGUE = {
    table.name: table
    for table in (
        UNITS,
        ATTRIBUTES,
        POLICIES,
        ADOPTIONS,
        TIES,
        SUPPORT,
        EVENTS,
        ATTENDANCE,
        OUTCOMES,
        DOCUMENTS,
        EVIDENCE,
        LIKELIHOODS,
        AUTHOR_VERDICTS,
        FRAMEWORK,
        AREAS,
        PROJECTS,
        RETURNS,
        INDICATORS,
        PRACTICES,
        EXCHANGES,
        PUBLISHED,
        CLAIMS,
        WORDS,
    )
}

__all__ = ["CATALOGUE"]
