"""State lotteries after Berry and Berry 1990 (doi:10.2307/1963526): earlier adopters among the neighbours.

From the dates of SPID and the land borders of the states; states that meet in a corner are no neighbours.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from diffuscope import add_exposure, event_history, person_period

SPID = Path(__file__).parents[3] / "shared" / "data" / "reference" / "spid_policies.csv"
BORDERS = """
Alabama: Florida Georgia Mississippi Tennessee
Arizona: California Nevada New_Mexico Utah
Arkansas: Louisiana Mississippi Missouri Oklahoma Tennessee Texas
California: Nevada Oregon
Colorado: Kansas Nebraska New_Mexico Oklahoma Utah Wyoming
Connecticut: Massachusetts New_York Rhode_Island
Delaware: Maryland New_Jersey Pennsylvania
Florida: Georgia
Georgia: North_Carolina South_Carolina Tennessee
Idaho: Montana Nevada Oregon Utah Washington Wyoming
Illinois: Indiana Iowa Kentucky Missouri Wisconsin
Indiana: Kentucky Michigan Ohio
Iowa: Minnesota Missouri Nebraska South_Dakota Wisconsin
Kansas: Missouri Nebraska Oklahoma
Kentucky: Missouri Ohio Tennessee Virginia West_Virginia
Louisiana: Mississippi Texas
Maine: New_Hampshire
Maryland: Pennsylvania Virginia West_Virginia
Massachusetts: New_Hampshire New_York Rhode_Island Vermont
Michigan: Ohio Wisconsin
Minnesota: North_Dakota South_Dakota Wisconsin
Mississippi: Tennessee
Missouri: Nebraska Oklahoma Tennessee
Montana: North_Dakota South_Dakota Wyoming
Nebraska: South_Dakota Wyoming
Nevada: Oregon Utah
New_Hampshire: Vermont
New_Jersey: New_York Pennsylvania
New_Mexico: Oklahoma Texas
New_York: Pennsylvania Vermont
North_Carolina: South_Carolina Tennessee Virginia
North_Dakota: South_Dakota
Ohio: Pennsylvania West_Virginia
Oklahoma: Texas
Oregon: Washington
Pennsylvania: West_Virginia
South_Dakota: Wyoming
Tennessee: Virginia
Utah: Wyoming
Virginia: West_Virginia
"""


def neighbours() -> pl.DataFrame:
    pairs = []
    for line in BORDERS.strip().splitlines():
        state, _, others = line.partition(": ")
        for other in others.split():
            pair = (state.replace("_", " "), other.replace("_", " "))
            pairs += [pair, pair[::-1]]
    return pl.DataFrame(pairs, schema=["sender", "receiver"], orient="row")


@pytest.mark.skipif(not SPID.exists(), reason="the reference data are not here")
@pytest.mark.parametrize(
    ("until", "rows", "events", "estimates", "loglik"),
    [(1986, 936, 27, (-4.05897, 0.81511, 0.15905), -111.536), (1993, 1066, 36, None, None)],
)
def test_states_with_lotteries_next_door_adopt_one(until, rows, events, estimates, loglik):
    spid = pl.read_csv(SPID).select(unit="statenam", policy="policy", time="adopt_year")
    states = sorted(spid["unit"].unique())
    panel = person_period(spid.filter(policy="lott"), units=states, origin=1964, censor=until)
    panel = add_exposure(panel, neighbours(), name="neighbours", form="sum", isolates="zero")
    assert (panel.table().height, panel.table()["event"].sum()) == (rows, events)
    fit = event_history("event ~ neighbours", panel, cluster=None)
    if estimates is not None:
        constant, effect = fit.table().select("estimate", "std_error").rows()
        assert (constant[0], *effect) == pytest.approx(estimates, abs=5e-6)
        assert fit.loglik == pytest.approx(loglik, abs=5e-4)
