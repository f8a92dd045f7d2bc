"""The draft of the settings that one visitor is trying: kept in the session, also while another screen is open; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from health.insight import lab
from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import SEVERITIES, TIERS, Settings

_KEPT = "lab-draft"
EVERYBODY = ""
CAPS = tuple(rule.setting for rule in KNOCK_OUTS)
Values = dict[str, Any]


@dataclass
class Draft:
    """`base`: the version it was begun on; `values` by control (`begun`: that version's); `own`: segments with weights of their own;
    `last`: the component whose weight was moved last, by segment; `learned`: weights taken over from who left, `judged` in words."""

    base: int
    values: Values
    own: list[str]
    begun: Values = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    learned: dict[str, int] = field(default_factory=dict)
    judged: str = ""

    @property
    def flattered(self) -> str:
        """How learned weights did before they had seen the held-out months; empty where the weights are others."""
        return self.judged if self.learned and self.weights() == self.learned else ""

    def weights(self, segment: str = EVERYBODY) -> dict[str, int]:
        """The weights as the sliders stand; they need not add up."""
        return {c.key: self.values[weight(segment, c.key)] for c in COMPONENTS}

    @property
    def sums(self) -> dict[str, int]:
        """What the weights add up to, everybody's and each segment's own."""
        return {segment: sum(self.weights(segment).values()) for segment in (EVERYBODY, *self.own)}

    @property
    def adds_up(self) -> bool:
        """Whether it could be saved as it stands."""
        return all(whole == 100 for whole in self.sums.values())

    def settings(self) -> Settings:
        """As settings; weights that do not add up to 100 are scaled. Raises Refused where no version could be like this."""
        value = self.values
        return Settings(
            version=self.base,
            weights=lab.weights_to_100(self.weights()),
            at_risk_below=value["edges"][0],
            healthy_from=value["edges"][1],
            coverage_least=value["coverage_least"],
            cadence_days={tier: value[f"cadence {tier}"] for tier in TIERS},
            default_cadence_days=value["cadence"],
            response_hours=tuple(value[f"answer {n}"] for n in range(1, SEVERITIES + 1)),
            resolution_hours=tuple(value[f"solve {n}"] for n in range(1, SEVERITIES + 1)),
            segment_weights={segment: lab.weights_to_100(self.weights(segment)) for segment in self.own},
            **{cap: value[cap] for cap in CAPS},
        )


def weight(segment: str, component: str) -> str:
    """The control of one weight."""
    return f"weight {segment}/{component}"


def _values(of: Settings) -> Values:
    hours = {f"answer {n}": h for n, h in enumerate(of.response_hours, 1)} | {f"solve {n}": h for n, h in enumerate(of.resolution_hours, 1)}
    everybody = {weight(EVERYBODY, key): n for key, n in of.weights.items()}
    segments = {weight(segment, key): n for segment, own in of.segment_weights.items() for key, n in own.items()}
    cadences = {f"cadence {tier}": days for tier, days in of.cadence_days.items()} | {"cadence": of.default_cadence_days}
    rest = {"edges": (of.at_risk_below, of.healthy_from), "coverage_least": of.coverage_least}
    return everybody | segments | cadences | hours | rest | {cap: getattr(of, cap) for cap in CAPS}


def current(in_force: Settings) -> Draft:
    """The visitor's draft; begun anew on the version in force where there is none, or one without a change on an older version."""
    held: Draft | None = st.session_state.get(_KEPT)
    if held is None or (held.base != in_force.version and held.values == held.begun):
        begin(in_force)
    kept: Draft = st.session_state[_KEPT]
    return kept


def begin(in_force: Settings) -> None:
    """A draft that equals the version in force."""
    _hold(Draft(in_force.version, _values(in_force), sorted(in_force.segment_weights), _values(in_force)))


def remember(weights: Mapping[str, int], judged: str) -> None:
    """Keeps in mind which weights were learned: from months that a draft is held against too."""
    draft: Draft = st.session_state[_KEPT]
    draft.learned, draft.judged = {c.key: weights.get(c.key, 0) for c in COMPONENTS}, judged


def fill(wanted: Settings, in_force: Settings) -> None:
    """A draft with somebody's settings, proposed or of an older version, to be saved on top of the version in force."""
    _hold(Draft(in_force.version, _values(wanted), sorted(wanted.segment_weights), _values(in_force)))


def rebase(in_force: Settings) -> None:
    """Keeps the draft as it stands, on top of a version that somebody saved meanwhile."""
    held: Draft = st.session_state[_KEPT]
    held.base, held.begun = in_force.version, _values(in_force)


def _hold(draft: Draft) -> None:
    st.session_state[_KEPT] = draft
    for key in [key for key in st.session_state if str(key).startswith("lab ")]:
        del st.session_state[key]


def own_weights(segment: str, on: bool) -> None:
    """Gives a segment weights of its own, everybody's to begin with, or takes them away."""
    draft: Draft = st.session_state[_KEPT]
    if on:
        draft.values |= {weight(segment, key): n for key, n in draft.weights().items()}
        draft.own = sorted({*draft.own, segment})
    else:
        for c in COMPONENTS:
            draft.values.pop(weight(segment, c.key), None)
        draft.own = [s for s in draft.own if s != segment]


def make_it_add_up(segment: str) -> None:
    """Scales the weights to 100; the one moved last stays where it was put."""
    draft: Draft = st.session_state[_KEPT]
    whole = lab.weights_to_100(draft.weights(segment), draft.last.get(segment))
    _put({weight(segment, key): n for key, n in whole.items()})


def take_weights(given: Mapping[str, int]) -> None:
    """Everybody's weights, in the middle of a page: draw it again afterwards."""
    st.session_state[_KEPT].values |= {weight(EVERYBODY, c.key): given.get(c.key, 0) for c in COMPONENTS}
    for c in COMPONENTS:
        st.session_state.pop(f"lab {weight(EVERYBODY, c.key)}", None)


def _put(values: Mapping[str, Any]) -> None:
    draft: Draft = st.session_state[_KEPT]
    draft.values |= values
    for name, value in values.items():
        st.session_state[f"lab {name}"] = value


def control(name: str) -> str:
    """The key of a control, which shows what the draft holds."""
    key, draft = f"lab {name}", st.session_state[_KEPT]
    if key not in st.session_state:
        st.session_state[key] = draft.values[name]
    return key


def took(*names: str) -> None:
    """Takes over what was set in these controls."""
    draft: Draft = st.session_state[_KEPT]
    draft.values |= {name: st.session_state[f"lab {name}"] for name in names}


def took_weight(segment: str, component: str) -> None:
    """The same for a weight, and remembers which was moved last."""
    took(weight(segment, component))
    st.session_state[_KEPT].last[segment] = component
