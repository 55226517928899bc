"""A small but realistic result, made by hand: the first coding of the founding case, and some dates."""

from __future__ import annotations

from math import log10

from diffuscope.records import (
    Agreement,
    Analysis,
    AuthorVerdict,
    Chronology,
    CriterionRecord,
    EvidenceDetail,
    EvidenceItem,
    Excluded,
    Finding,
    Frame,
    MechanismRecord,
    Place,
    Posterior,
    Problem,
    RuleRow,
    Spell,
    Verdict,
)
from diffuscope.result import CaseRecord, Result, RunRecord, TableRecord

CODED = """
C1 c1 C-a;C-b for .95 .70 Five partners and several large firms support the network.
C2 c1 C-c;C-d for .80 .50 Funds, training and technical help are offered.
C6 c1 C-d against .30 .60 Five donors compete: nobody holds a monopoly of expertise.
C3 c2 C-f absent .875 .125 A condition, threat, refusal or unwilling adopter.
C4 c3 C-f against .25 .70 A member state proposes first; the network itself seeks outside money.
K1 k1 K-c for .90 .75 A competitive economy is one of three outcomes of the framework.
K3 k2 K-a;K-b absent .75 .125 Rivals named, or a reaction to a rival.
K4 k3 K-b;K-f against .20 .70 Would-be rivals pool plans and practices.
L1 l1 L-a;L-d1;L-d3 for .85 .35 A workshop precedes the plans; each city leaves with one.
L2 l1 L-d3 for .90 .60 Recurring meetings, a roundtable, an exhibition.
L5 l2 L-b;L-c absent .6875 .125 Others' results examined before adopting.
L6 l3 L-c for .70 .50 Portfolios differ by city.
M1 m1 M-c for .90 .55 An exemplar proposes the network and becomes its shepherd.
M4 m3 M-c against .40 .60 Portfolios are not a copy of the exemplar's.
M5 m4 M-a absent .6875 .1875 A document of a member that invokes likeness.
"""
NAMES = {"C": "coercion", "K": "competition", "L": "learning", "M": "emulation"}
CRITERIA = {
    "coercion": ("C-a", "C-b", "C-c", "C-d", "C-e", "C-f"),
    "competition": ("K-a", "K-b", "K-c", "K-d", "K-e", "K-f"),
    "learning": ("L-a", "L-b", "L-c", "L-d1", "L-d2", "L-d3"),
    "emulation": ("M-a", "M-b", "M-c", "M-d"),
}
STANCES = {
    "coercion": "leaning against",
    "competition": "leaning against",
    "emulation": "silent",
    "learning": "leaning for",
}
AUTHOR = {"coercion": "at work", "competition": "at work", "emulation": "in part", "learning": "at work"}
UNITS = (
    ("VNM", "Viet Nam", 21.03, 105.85),
    ("SGP", "Singapore", 1.29, 103.85),
    ("IDN", "Indonesia", -6.21, 106.85),
    ("MYS", "Malaysia", 3.14, 101.69),
)
YEARS = {"SGP": "2014", "IDN": "2017", "VNM": "2018", "MYS": "2019"}


def weight(direction: str, true: float, false: float, searched: float = 0.8) -> float:
    if direction == "absent":
        true, false = 1 - searched * true, 1 - searched * false
    return 10 * log10(true / false)


def probability(decibans: float) -> float:
    return 1 / (1 + 10 ** (-decibans / 10))


def items() -> tuple[EvidenceItem, ...]:
    found = []
    for row, line in enumerate(CODED.strip().splitlines(), start=2):
        id_, cluster, criteria, direction, true, false, text = line.split(" ", 6)
        found.append(
            EvidenceItem(
                id=id_,
                mechanism=NAMES[id_[0]],
                criteria=tuple(criteria.split(";")),
                direction=direction,
                decibans=weight(direction, float(true), float(false)),
                cluster=cluster,
                share="public",
                coders=1,
                document="paper",
                locator=f"L{100 + row}",
                paraphrase=text,
                rival="the same decisions without this mechanism",
                p_if_true=float(true),
                p_if_false=float(false),
                searched=0.8 if direction == "absent" else None,
                test="straw in the wind",
                bears_on=3,
                places=(Place(table="evidence", file="evidence.csv", row=row),),
            )
        )
    return tuple(found)


def detail(mechanism: str) -> EvidenceDetail:
    mine = [item for item in items() if item.mechanism == mechanism]
    total = sum(item.decibans for item in mine) * 0.7
    without = tuple(
        Posterior(
            setting=f"without {item.id}",
            decibans=total - item.decibans * 0.7,
            p=probability(total - item.decibans * 0.7),
        )
        for item in mine
    )
    return EvidenceDetail(
        p=probability(total),
        decibans=total,
        by_rho=tuple(
            Posterior(setting=f"rho = {rho}", decibans=total * scale, p=probability(total * scale))
            for rho, scale in ((0, 1.3), (0.3, 1.0), (0.5, 0.9), (1, 0.7))
        ),
        by_prior=tuple(
            Posterior(setting=f"prior = {prior}", decibans=total, p=p)
            for prior, p in ((0.1, 0.1), (0.25, 0.3), (0.5, probability(total)), (0.75, 0.8), (0.9, 0.9))
        ),
        leave_one_out=without,
        leave_one_source_out=(Posterior(setting="without paper", decibans=0.0, p=0.5),),
        noise=(max(0.0, probability(total) - 0.2), min(1.0, probability(total) + 0.2)),
        tipping=(2.3, -1.9),
        caps=("one person coded it", "it rests on one document"),
        failed=(),
        criteria=tuple(
            CriterionRecord(
                id=criterion,
                text=f"What {criterion} asks for is seen.",
                role="necessary",
                decibans=sum(item.decibans for item in mine if criterion in item.criteria) or None,
                items=sum(criterion in item.criteria for item in mine),
            )
            for criterion in CRITERIA[mechanism]
        ),
        items=tuple(mine),
        other_definition=Posterior(setting="broad reading", decibans=0.3, p=0.516)
        if mechanism == "coercion"
        else None,
        other_stance="silent" if mechanism == "coercion" else None,
    )


def author(mechanism: str, row: int) -> AuthorVerdict:
    return AuthorVerdict(
        analysis="smart-cities",
        mechanism=mechanism,
        verdict=AUTHOR[mechanism],
        wording=f"Holds that {mechanism} played its part.",
        document="paper",
        locator="L900",
        place=Place(table="author_verdicts", file="author_verdicts.csv", row=row),
    )


def verdicts() -> tuple[Verdict, ...]:
    ours = [
        Verdict(
            analysis="smart-cities",
            mechanism=mechanism,
            verdict="weak" if mechanism == "learning" else "not shown",
            sentence=f"{'Weak' if mechanism == 'learning' else 'Not shown'} — the coded evidence "
            "does not settle it; the statistics had no data.",
            rule="At least one body is leaning for; the other takes no side or is leaning for too."
            if mechanism == "learning"
            else "All bodies take no side or are leaning against.",
            evidence=stance,
            statistics="silent",
            evidence_silence="tested, inconclusive" if stance == "silent" else None,
            statistics_silence="no data",
            author=author(mechanism, row),
            difference="The author concludes that it was at work; here it is weaker.",
        )
        for row, (mechanism, stance) in enumerate(STANCES.items(), start=2)
    ]
    launch = [
        Verdict(
            analysis="membership",
            mechanism=mechanism,
            verdict="not testable",
            sentence="Not testable — all four joined in 2018. The evidence is about motives only.",
            rule="Chronology rules diffusion out in this analysis, whatever the evidence.",
            evidence="silent",
            statistics="silent",
            evidence_silence="no data",
            statistics_silence="no data",
        )
        for mechanism in STANCES
    ]
    return (*ours, *launch)


def spell(unit: str, policy: str, year: str, row: int) -> Spell:
    return Spell(
        unit=unit,
        policy=policy,
        first=f"{year}-01-01",
        last=f"{year}-12-31",
        period=year,
        baseline=False,
        confidence="high",
        place=Place(table="adoptions", file="adoptions.csv", row=row),
    )


def chronologies() -> tuple[Chronology, ...]:
    return (
        Chronology(
            analysis="smart-cities",
            testable=True,
            reason="4 adoptions by 4 of 4 units are dated, at most 1 in one year: "
            "there is an order of events to explain.",
            warnings=("1 of 4 dates are of medium or low confidence.",),
            units=4,
            adopters=4,
            adoptions=4,
            at_risk_after_first=3,
            modal_period="2014",
            modal_count=1,
            modal_share=0.25,
            pairs_ordered=6,
            order=tuple(
                spell(unit, "national", year, row) for row, (unit, year) in enumerate(YEARS.items(), start=2)
            ),
            left_out=(
                Excluded(table="adoptions", reason="the date is unknown", count=1, rows=(10,)),
                Excluded(
                    table="adoptions", reason="the unit is not in this analysis", count=2, rows=(11, 12)
                ),
            ),
        ),
        Chronology(
            analysis="membership",
            testable=False,
            reason="4 of 4 dated adoptions (100 %) fall in 2018: they look like a coordinated launch.",
            units=4,
            adopters=4,
            adoptions=4,
            at_risk_after_first=0,
            modal_period="2018",
            modal_count=4,
            modal_share=1.0,
            pairs_same=6,
            order=tuple(spell(unit, "member", "2018", row) for row, unit in enumerate(YEARS, start=6)),
        ),
    )


def frames() -> dict[str, Frame]:
    units = tuple(
        (unit, name, "state", "adopter", lat, lon, row)
        for row, (unit, name, lat, lon) in enumerate(UNITS, start=2)
    )
    national = tuple(
        (unit, "national", year, "high", "paper, L10", row)
        for row, (unit, year) in enumerate(YEARS.items(), start=2)
    )
    member = tuple(
        (unit, "member", "2018", "high", "paper, L20", row) for row, unit in enumerate(YEARS, start=6)
    )
    return {
        "units": frame("unit name kind role lat lon", units),
        "policies": frame(
            "policy name", (("national", "National programme", 2), ("member", "Membership", 3))
        ),
        "adoptions": frame("unit policy time confidence source", national + member),
        "support": frame(
            "partner recipient kind name start source",
            (("SGP", "VNM", "training", "A fund for training", "2018", "paper, L30", 2),),
        ),
        "events": frame(
            "event name start kind place host",
            (("launch", "Launch and workshop", "2018-05", "workshop", "Singapore", "SGP", 2),),
        ),
        "documents": frame(
            "document author year title url",
            (("paper", "Bustamante", "2025", "The diffusion of smart cities", "https://doi.org/10.0/0", 2),),
        ),
    }


def frame(columns: str, rows: tuple[tuple[object, ...], ...]) -> Frame:
    return Frame(columns=(*columns.split(), "_row"), rows=rows, n=len(rows))


def result(**changed: object) -> Result:
    """The result, with whatever a test wants otherwise."""
    made = {
        "run": RunRecord(
            version="0.1.0", case_sha256="ab" * 32, seed=0, time="2026-11-24T08:00:00+00:00", python="3.11.9"
        ),
        "case": CaseRecord(
            id="asean-small",
            title="Smart cities in four states",
            licence="CC-BY-4.0",
            language="en",
            description="A small part of the founding case, for tests.",
            cite="Bustamante 2025",
            waves={},
            tables={"units": 4, "adoptions": 8, "evidence": 15},
            files={
                name: f"{name}.csv"
                for name in ("units", "policies", "adoptions", "support", "events", "documents", "evidence")
            },
        ),
        "mechanisms": tuple(
            MechanismRecord(
                name=name,
                claim=f"By {name}, others took up {{policy}}.",
                definition=f"What {name} means.",
                source="Simmons, Dobbin & Garrett 2006",
                criteria=tuple((id_, f"What {id_} asks for is seen.", "necessary") for id_ in CRITERIA[name]),
                readings="Narrow: … Broad: …" if name == "coercion" else None,
            )
            for name in STANCES
        ),
        "analyses": (
            Analysis(
                id="smart-cities",
                question="Why did four states adopt national smart-city programmes?",
                policies=("national",),
                units=tuple(YEARS),
                window=("2014", "2023"),
            ),
            Analysis(
                id="membership",
                question="Why did four states join the network?",
                policies=("member",),
                units=tuple(YEARS),
            ),
        ),
        "chronology": chronologies(),
        "findings": tuple(
            Finding(
                witness="evidence",
                body="evidence",
                analysis="smart-cities",
                mechanism=mechanism,
                stance=stance,
                silence="tested, inconclusive" if stance == "silent" else None,
                reason="What the coded passages add up to.",
                evidence=detail(mechanism),
            )
            for mechanism, stance in STANCES.items()
        ),
        "verdicts": verdicts(),
        "author_verdicts": tuple(author(mechanism, row) for row, mechanism in enumerate(STANCES, start=2)),
        "agreement": (
            Agreement(
                analysis="smart-cities",
                coders=1,
                items=0,
                sign=None,
                sign_interval=None,
                band=None,
                band_interval=None,
                note="One coder: agreement is unknown.",
            ),
        ),
        "rule": (
            RuleRow(verdict="not testable", description="Chronology rules diffusion out in this analysis."),
            RuleRow(verdict="not shown", description="All bodies take no side or are leaning against."),
        ),
        "frames": frames(),
        "tables": {
            "units": TableRecord(a_row_is="an actor", columns={"unit": "Short id.", "name": "Its name."})
        },
        "problems": (
            Problem(
                level="warning",
                rule="no-source",
                message="An event has no source.",
                fix="name the document it stands in",
                file="events.csv",
                table="events",
                row=2,
                column="source",
            ),
        ),
    }
    return Result(**{**made, **changed})
