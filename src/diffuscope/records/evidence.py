"""Coded passages as weighed, and what they come to."""

from __future__ import annotations

from typing import Literal

from diffuscope.records.base import Record, Stance
from diffuscope.records.problems import Place


class CriterionRecord(Record, frozen=True, kw_only=True):
    """One criterion of a mechanism and what the evidence says of it.

    Attributes
    ----------
    id, text, role : str
        The criterion as its mechanism states it.
    decibans : float or None
        What all passages that name it weigh together (dB); None where none does.
    items : int
        How many passages name it.
    note : str
        What a reader should know, e.g. that a necessary criterion has no evidence.
    decibans_searched : float or None
        The same if every search had found an absent trace with the chance at which the stance rule looks
        again; a necessary criterion fails only if both are low enough.
    """

    id: str
    text: str
    role: str
    decibans: float | None
    items: int
    note: str = ""
    decibans_searched: float | None = None


class EvidenceItem(Record, frozen=True, kw_only=True):
    """Coded passage with its weight: the mean of its coders, before its cluster is discounted.

    Text fields are None where the passage is private; its weight still counts.

    Attributes
    ----------
    id : str
        Id of the passage in the case.
    mechanism : str
        The mechanism it speaks of.
    criteria : tuple of str
        Criteria it bears on; it is weighed once however many they are.
    direction : str
        for, against, or absent: searched for and not found.
    cluster : str
        Passages of one cluster are discounted together.
    share : {"public", "private"}
        Private passages keep their weight but not their words.
    coders : int
        How many coders read it.
    definition : str or None
        The reading of the mechanism, narrow or broad, under which alone it counts.
    document, locator : str or None
        Where it stands: id of the document, and page, line or exhibit.
    paraphrase : str or None
        What it shows, in the coder's words.
    rival : str or None
        The alternative that `p_if_false` assumes.
    unit, date : str or None
        The actor it tells of, and when the thing it tells of happened.
    p_if_true, p_if_false : float or None
        Chance of the trace if the mechanism was at work, and if the rival is true; None where a band is
        given.
    searched : float or None
        Chance that the search would have found an absent trace, had it existed.
    note : str or None
        What the coders remark.
    places : tuple of Place
        Its rows in the case, one per coder.
    decibans : float
        Weight of evidence, 10·log10 of the likelihood ratio (dB); 0 where it weighs nothing.
    test : str or None
        Straw in the wind, hoop, smoking gun or doubly decisive; None for verbal bands and for coders who
        differ.
    bears_on : int or None
        Adoptions it is early enough to bear on; None where it has no date, or no adoption has one.
    not_counted : str or None
        Why it weighs nothing, where it is not counted.
    """

    id: str
    mechanism: str
    criteria: tuple[str, ...]
    direction: str
    decibans: float
    cluster: str
    share: Literal["public", "private"]
    coders: int
    definition: str | None = None
    document: str | None = None
    locator: str | None = None
    paraphrase: str | None = None
    rival: str | None = None
    unit: str | None = None
    date: str | None = None
    p_if_true: float | None = None
    p_if_false: float | None = None
    searched: float | None = None
    test: str | None = None
    bears_on: int | None = None
    not_counted: str | None = None
    note: str | None = None
    places: tuple[Place, ...] = ()


class Posterior(Record, frozen=True, kw_only=True):
    """A probability under one stated setting, e.g. ``rho = 0.3`` or ``without L1``.

    Attributes
    ----------
    setting : str
        What was assumed or left out.
    decibans : float
        Weight of evidence under it (dB).
    p : float
        Posterior probability under it.
    """

    setting: str
    decibans: float
    p: float


class EvidenceDetail(Record, frozen=True, kw_only=True):
    """What the evidence witness computed for one mechanism.

    Attributes
    ----------
    p : float
        Posterior probability at prior .5 and ρ = .3.
    decibans : float
        The weight of evidence behind it (dB).
    by_rho : tuple of Posterior
        The same when passages of one cluster depend on each other less or more.
    by_prior : tuple of Posterior
        The same from other prior probabilities; shown, never used.
    leave_one_out : tuple of Posterior
        The same without one passage at a time.
    leave_one_source_out : tuple of Posterior
        The same without one document at a time.
    noise : tuple of (float, float)
        5 % and 95 % points of p when each coder errs by N(0, 3 dB).
    tipping : tuple of (float or None, float or None)
        Decibans needed to cross the next line upwards and downwards; None at the ends of the scale.
    caps : tuple of str
        Why the stance may not go beyond leaning, each as what follows the word because.
    failed : tuple of str
        Necessary criteria that fail.
    criteria : tuple of CriterionRecord
        Every criterion of the mechanism, with what the evidence says of it.
    items : tuple of EvidenceItem
        Every passage that was weighed.
    other_definition : Posterior or None
        The same under the broad reading, where the mechanism has one.
    other_stance : Stance or None
        The stance under the broad reading.
    perspectives : tuple of Posterior
        The same for each strand of the literature by itself, where the mechanism has several.
    by_searched : tuple of Posterior
        The same if every search would have found its absent trace with one and the same chance.
    one_cluster_per_document : Posterior or None
        The same with all passages of a document in one cluster.
    speaks_for, speaks_against : int or None
        How many passages have positive and negative weight; None in results of older versions.
    decibans_for, decibans_against : float or None
        What they come to, pooled (dB); the two add up to `decibans`.
    uncapped : Stance or None
        The stance if nothing limited it to leaning: where it differs, `caps` say why.
    pivotal_passage : str or None
        The single passage without which the stance would be another; None where it is none of those tried.
    pivotal_stance : Stance or None
        That other stance.
    pivotal_tried : int or None
        How many passages, the weightiest, were left out in turn for it: of more than 60 not all. None in
        results of older versions.
    other_noise : tuple of (float, float) or None
        As `noise`, under the broad reading.
    other_caps : tuple of str
        As `caps`, under the broad reading.
    lifts : tuple of str
        What would lift each of `caps`, in their order, each as what follows the word if; empty in results of
        older versions.
    lines : tuple of float
        Probabilities between against, leaning against, silent, leaning for and for, by which it was judged.
    """

    p: float
    decibans: float
    by_rho: tuple[Posterior, ...]
    by_prior: tuple[Posterior, ...]
    leave_one_out: tuple[Posterior, ...]
    leave_one_source_out: tuple[Posterior, ...]
    noise: tuple[float, float]
    tipping: tuple[float | None, float | None]
    caps: tuple[str, ...]
    failed: tuple[str, ...]
    criteria: tuple[CriterionRecord, ...]
    items: tuple[EvidenceItem, ...]
    other_definition: Posterior | None = None
    other_stance: Stance | None = None
    perspectives: tuple[Posterior, ...] = ()
    by_searched: tuple[Posterior, ...] = ()
    one_cluster_per_document: Posterior | None = None
    speaks_for: int | None = None
    speaks_against: int | None = None
    decibans_for: float | None = None
    decibans_against: float | None = None
    uncapped: Stance | None = None
    pivotal_passage: str | None = None
    pivotal_stance: Stance | None = None
    pivotal_tried: int | None = None
    other_noise: tuple[float, float] | None = None
    other_caps: tuple[str, ...] = ()
    lifts: tuple[str, ...] = ()
    lines: tuple[float, ...] = ()


class Agreement(Record, frozen=True, kw_only=True):
    """How far coders of the same passages agree (Krippendorff's alpha).

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    coders, items : int
        How many coders there are, and how many passages at least two of them read.
    sign, band : float or None
        Alpha of the direction (nominal), and of the weight in bands (ordinal); None where it cannot be
        computed.
    sign_interval, band_interval : tuple of (float, float) or None
        95 % interval of each, by resampling the passages.
    note : str
        How to read it, or why it is unknown.
    """

    analysis: str
    coders: int
    items: int
    sign: float | None
    sign_interval: tuple[float, float] | None
    band: float | None
    band_interval: tuple[float, float] | None
    note: str


class DriverShare(Record, frozen=True, kw_only=True):
    """Posterior probability that one mechanism, or none, was the single main driver of a spread.

    Attributes
    ----------
    analysis : str
        Id of the analysis.
    hypothesis : str
        A mechanism, or ``null``: independent decisions, a common pressure, or a coordinated launch.
    p : float
        Its posterior probability; those of one analysis add up to 1.
    decibans : float
        Weight of evidence for it against the null (dB).
    """

    analysis: str
    hypothesis: str
    p: float
    decibans: float
