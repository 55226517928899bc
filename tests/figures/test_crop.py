"""Frames around positions anywhere on the globe, and what of an outline falls into them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffuscope.figures.countries import Line
from diffuscope.figures.map_extent import ACROSS, frame_around, roomiest, twice_area


def around(*positions):
    return frame_around(np.array(positions, dtype=float))


def test_a_frame_holds_its_positions_with_room_on_every_side():
    frame = around((95, -11), (141, 28))
    steps = frame.place(np.array([(95.0, -11.0), (141.0, 28.0)]))
    assert (steps > 10).all()
    assert (steps[:, 0] < ACROSS - 10).all()
    assert (steps[:, 1] < frame.down - 10).all()


def test_a_frame_crosses_the_date_line_where_that_is_shorter():
    frame = around((178, -18), (-172, -14))
    fiji, samoa = frame.place(np.array([(178.0, -18.0), (-172.0, -14.0)]))
    assert 0 < fiji[0] < samoa[0] < ACROSS
    assert frame.east_step * ACROSS < 30


def test_a_single_city_is_shown_with_what_is_around_it():
    frame = around((103.8, 1.3))
    assert frame.south_step * frame.down >= 5
    assert frame.place(np.array([(103.8, 1.3)]))[0] == pytest.approx((ACROSS / 2, frame.down / 2), abs=1)


def test_what_is_spread_over_the_world_is_shown_on_the_usual_map():
    frame = around((-100, 40), (24, -30), (135, -25))
    america, africa, australia = frame.place(np.array([(-100.0, 40.0), (24.0, -30.0), (135.0, -25.0)]))
    assert 0 < america[0] < africa[0] < australia[0] < ACROSS
    assert frame.east_step * ACROSS == pytest.approx(360)


def test_the_scale_is_true_along_the_middle():
    frame = around((0, 59), (20, 61))
    # at 60° north a degree of longitude is half as long as a degree of latitude
    assert frame.south_step / frame.east_step == pytest.approx(0.5, abs=1e-6)


@given(
    st.lists(
        st.tuples(st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_positions_give_a_frame_that_holds_them(positions):
    frame = around(*positions)
    steps = frame.place(np.array(positions))
    assert frame.down > 0
    assert frame.east_step * ACROSS <= 360 + 1e-9
    assert (steps[:, 0] >= -1).all()
    assert (steps[:, 0] <= ACROSS + 1).all()
    assert (steps[:, 1] >= -1).all()
    assert (steps[:, 1] <= frame.down + 1).all()
    left, top, right, bottom = frame.around
    assert left <= 0 <= ACROSS <= right
    assert top <= 0
    assert bottom <= 2 * frame.down


def square(west, south, size):
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
    return np.array(corners, dtype=float)


def test_a_ring_within_view_keeps_its_area():
    frame = around((0, -10), (20, 10))
    ring = frame.ring(square(5, -5, 10), 0)
    assert ring[0] == ring[-1]
    side = 10 / frame.east_step
    assert abs(twice_area(ring)) / 2 == pytest.approx(side * 10 / frame.south_step, rel=0.02)


def test_a_ring_is_cut_at_the_edge_of_what_is_drawn():
    frame = around((0, -10), (20, 10))
    left, top, right, bottom = frame.around
    ring = np.array(frame.ring(square(-170, -80, 160), 0))
    assert ring[:, 0].min() >= np.floor(left)
    assert ring[:, 0].max() <= np.ceil(right)
    assert ring[:, 1].min() >= np.floor(top)
    assert ring[:, 1].max() <= np.ceil(bottom)
    # half of the square's width is left of the view's edge: what is seen is a rectangle, and nothing else
    wide, high = np.ptp(ring, axis=0)
    assert abs(twice_area(ring.tolist())) / 2 == pytest.approx(wide * high, rel=1e-9)


def test_what_is_elsewhere_is_not_drawn():
    frame = around((100, 0), (110, 10))
    assert frame.ring(square(-100, 40, 5), 0) == []
    assert frame.turns((-100, 40, -95, 45)) == []


def test_an_outline_on_the_other_side_of_the_date_line_is_turned_into_view():
    frame = around((178, -18), (-172, -14))
    # two boxes that meet at the date line, one on each side of the map
    (east,), (west,) = frame.turns((178, -18, 180, -16)), frame.turns((-180, -18, -178, -16))
    assert abs(east - west) == 360
    rings = [frame.ring(square(178, -18, 2), east), frame.ring(square(-180, -18, 2), west)]
    assert max(x for x, _ in rings[0]) == min(x for x, _ in rings[1])
    assert frame.ring(square(178, -18, 2), west) == []


def test_a_border_is_cut_into_its_visible_parts():
    frame = around((0, -10), (20, 10))
    zigzag = np.array([(5, 0), (10, 0), (10, 80), (15, 80), (15, 0), (16, 0)], dtype=float)
    parts = frame.lines(zigzag, 0)
    assert len(parts) == 2
    assert [len(part) for part in parts] == [2, 2]


def distance_to_line(point, line):
    best = np.inf
    for start, end in pairwise(line):
        chord = end - start
        length = chord @ chord
        share = 0 if length == 0 else min(1, max(0, (point - start) @ chord / length))
        best = min(best, float(np.hypot(*(point - start - share * chord))))
    return best


@pytest.mark.parametrize("coarse", [0.7, 2, 6])
def test_thinning_keeps_ends_and_strays_less_than_it_may(coarse):
    frame = around((0, -10), (20, 10))
    walk = np.cumsum(np.random.default_rng(3).normal(0, 0.08, (400, 2)), axis=0) + np.array([8.0, 0.0])
    thin = frame.thin([Line.through(walk)], coarse)[0]
    assert np.array_equal(thin[[0, -1]], walk[[0, -1]])
    assert 2 <= len(thin) < len(walk)
    scale = np.array([frame.east_step, frame.south_step])
    assert max(distance_to_line(point / scale, thin / scale) for point in walk) <= coarse * 1.0001


def test_an_island_of_one_line_keeps_its_shape():
    frame = around((0, -10), (20, 10))
    turn = np.linspace(0, 2 * np.pi, 200)
    island = np.stack([10 + 3 * np.cos(turn), 3 * np.sin(turn)], axis=1)
    thin = frame.thin([Line.through(island)], 2)[0]
    assert 8 <= len(thin) < 60


def test_lines_are_thinned_together_as_each_by_itself():
    frame = around((0, -10), (20, 10))
    walks = np.random.default_rng(4).normal(0, 0.08, (6, 90, 2)).cumsum(axis=1) + np.array([8.0, 0.0])
    far = Line.through(walks[0] + np.array([150.0, 0.0]))  # out of view
    point = Line.through(np.array([[9.0, 1.0], [9.0, 1.0]]))
    lines = [*(Line.through(walk) for walk in walks), far, point]
    together = frame.thin(lines, 1)
    assert all(
        np.array_equal(thin, frame.thin([line], 1)[0]) for thin, line in zip(together, lines, strict=True)
    )
    assert [len(thin) for thin in together[6:]] == [2, 2]


@pytest.mark.parametrize(
    "ring",
    [
        [[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]],
        # a horseshoe, whose middle lies outside
        [[0, 0], [100, 0], [100, 100], [80, 100], [80, 20], [20, 20], [20, 100], [0, 100], [0, 0]],
    ],
)
def test_a_name_stands_inside_its_shape(ring):
    x, y = roomiest(ring)
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    assert inside
