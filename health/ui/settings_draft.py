"""One visitor's draft of the settings: kept in the session, also while another screen is open; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from health.currency import DEFAULT
from health.insight import lab
from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import SEVERITIES, TIERS, Settings
from health.service_hours import parse_holidays

_DRAFT_KEY = "lab-draft"
EVERYBODY = ""
CAPS = tuple(rule.setting for rule in KNOCK_OUTS)
Values = dict[str, Any]


@dataclass
class Draft:
    """Draft of new settings.

    `base`: the version it was started on; `base_values`: that version's values by control; `values`: those of the draft;
    `own_weight_segments`: segments with weights of their own; `last`: the component whose weight was moved last, by segment; `learned`:
    weights learned from past churn; `learned_result`: their out-of-sample result in words.
    """

    base: int
    values: Values
    own_weight_segments: list[str]
    base_values: Values = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    learned: dict[str, int] = field(default_factory=dict)
    learned_result: str = ""
    currency: str = DEFAULT

    @property
    def out_of_sample_result(self) -> str:
        """Out-of-sample result of the learned weights; empty if the draft has other weights."""
        return self.learned_result if self.learned and self.weights() == self.learned else ""

    def weights(self, segment: str = EVERYBODY) -> dict[str, int]:
        """Weights by component as the sliders stand; they need not add up to 100."""
        return {c.key: self.values[weight_control(segment, c.key)] for c in COMPONENTS}

    @property
    def sums(self) -> dict[str, int]:
        """Sums of the weights, for all customers and for each segment with its own."""
        return {segment: sum(self.weights(segment).values()) for segment in (EVERYBODY, *self.own_weight_segments)}

    @property
    def adds_up(self) -> bool:
        """Whether every set of weights adds up to 100."""
        return all(total == 100 for total in self.sums.values())

    def settings(self) -> Settings:
        """Settings of the draft; weights are scaled to 100. Raises InvalidInput if they cannot be valid."""
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
            segment_weights={segment: lab.weights_to_100(self.weights(segment)) for segment in self.own_weight_segments},
            service_hours=value["service_hours"].strip(),
            holidays=tuple(map(str, parse_holidays(value["holidays"]))),
            zone=value["zone"],
            currency=self.currency,
            **{cap: value[cap] for cap in CAPS},
        )


def weight_control(segment: str, component: str) -> str:
    """Name of the control of one weight."""
    return f"weight {segment}/{component}"


def _control_values(settings: Settings) -> Values:
    """Values of all controls under some settings."""
    hours = {f"answer {n}": h for n, h in enumerate(settings.response_hours, 1)} | {
        f"solve {n}": h for n, h in enumerate(settings.resolution_hours, 1)
    }
    everybody = {weight_control(EVERYBODY, key): n for key, n in settings.weights.items()}
    segments = {weight_control(segment, key): n for segment, weights in settings.segment_weights.items() for key, n in weights.items()}
    cadences = {f"cadence {tier}": days for tier, days in settings.cadence_days.items()} | {"cadence": settings.default_cadence_days}
    rest: Values = {"edges": (settings.at_risk_below, settings.healthy_from), "coverage_least": settings.coverage_least}
    rest |= {"service_hours": settings.service_hours, "holidays": ", ".join(settings.holidays), "zone": settings.zone}
    return everybody | segments | cadences | hours | rest | {cap: getattr(settings, cap) for cap in CAPS}


def current_draft(in_force: Settings) -> Draft:
    """Return the visitor's draft.

    A new one is started if there is none, or if an unchanged one stands on an older version.
    """
    draft: Draft | None = st.session_state.get(_DRAFT_KEY)
    if draft is None or (draft.base != in_force.version and draft.values == draft.base_values):
        start_draft(in_force)
    draft_in_session: Draft = st.session_state[_DRAFT_KEY]
    return draft_in_session


def start_draft(in_force: Settings) -> None:
    """Start a draft that equals the version in force."""
    start_from(in_force, in_force)


def record_learned(weights: Mapping[str, int], learned_result: str) -> None:
    """Record which weights were learned, since they have seen the months that the draft is evaluated on."""
    draft: Draft = st.session_state[_DRAFT_KEY]
    draft.learned, draft.learned_result = {c.key: weights.get(c.key, 0) for c in COMPONENTS}, learned_result


def start_from(wanted: Settings, in_force: Settings) -> None:
    """Start a draft with given settings, proposed or of an older version, on top of the version in force; zone and currency stay."""
    wanted, segments = replace(wanted, zone=in_force.zone), sorted(wanted.segment_weights)
    _keep_draft(Draft(in_force.version, _control_values(wanted), segments, _control_values(in_force), currency=in_force.currency))


def rebase(in_force: Settings) -> None:
    """Keep the draft, on top of a version that somebody else saved meanwhile."""
    draft: Draft = st.session_state[_DRAFT_KEY]
    draft.base, draft.base_values, draft.currency = in_force.version, _control_values(in_force), in_force.currency


def _keep_draft(draft: Draft) -> None:
    """Keep a draft and reset its controls."""
    st.session_state[_DRAFT_KEY] = draft
    for key in [key for key in st.session_state if str(key).startswith("lab ")]:
        del st.session_state[key]


def set_own_weights(segment: str, on: bool) -> None:
    """Give a segment weights of its own, starting from those of all customers, or remove them."""
    draft: Draft = st.session_state[_DRAFT_KEY]
    if on:
        draft.values |= {weight_control(segment, key): n for key, n in draft.weights().items()}
        draft.own_weight_segments = sorted({*draft.own_weight_segments, segment})
    else:
        for c in COMPONENTS:
            draft.values.pop(weight_control(segment, c.key), None)
        draft.own_weight_segments = [s for s in draft.own_weight_segments if s != segment]


def scale_weights(segment: str) -> None:
    """Scale the weights of a segment to 100, except the one moved last."""
    draft: Draft = st.session_state[_DRAFT_KEY]
    scaled = lab.weights_to_100(draft.weights(segment), draft.last.get(segment))
    _set_values({weight_control(segment, key): n for key, n in scaled.items()})


def set_weights(weights: Mapping[str, int]) -> None:
    """Set the weights of all customers. Rerun the page afterwards."""
    st.session_state[_DRAFT_KEY].values |= {weight_control(EVERYBODY, c.key): weights.get(c.key, 0) for c in COMPONENTS}
    for c in COMPONENTS:
        st.session_state.pop(f"lab {weight_control(EVERYBODY, c.key)}", None)


def _set_values(values: Mapping[str, Any]) -> None:
    """Set values of the draft and of their controls."""
    draft: Draft = st.session_state[_DRAFT_KEY]
    draft.values |= values
    for name, value in values.items():
        st.session_state[f"lab {name}"] = value


def control_key(name: str) -> str:
    """Key of a control, initialised with the draft's value."""
    key, draft = f"lab {name}", st.session_state[_DRAFT_KEY]
    if key not in st.session_state:
        st.session_state[key] = draft.values[name]
    return key


def copy_controls(*names: str) -> None:
    """Copy the values of these controls into the draft."""
    draft: Draft = st.session_state[_DRAFT_KEY]
    draft.values |= {name: st.session_state[f"lab {name}"] for name in names}


def copy_weight(segment: str, component: str) -> None:
    """Copy a weight into the draft and record that it was moved last."""
    copy_controls(weight_control(segment, component))
    st.session_state[_DRAFT_KEY].last[segment] = component
