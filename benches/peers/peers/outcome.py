"""What a replication reports: the columns of an outcome, and estimates from many of them."""

import numpy as np

CAUSES = (
    "no_talks",
    "nothing_offered",
    "refused_by_challenger",
    "refused_by_defender",
    "refused_by_both",
    "refused_by_coalition",
)
NO_TALKS, NOTHING_OFFERED, BY_CHALLENGER, BY_DEFENDER, BY_BOTH, BY_COALITION = range(len(CAUSES))
SURVIVAL_YEARS = np.array([1, 2, 5, 10, 20])

# Places of numbers in an outcome: one row of an array for each replication.
AGREED = 0
MONTH = 1  # of signature, counted from 1; 0 without agreement
MONTHS_OPEN = 2
DURABLE = 3  # chance that the agreement is in force after so many years; 0 without agreement
COLLAPSE = 4  # year in which it was drawn to break; 0 where it never does
OFFER = 5  # which one was signed; −1 without agreement
HELD = 6
BELIEF = 7
AUDIENCE = 8
UNITY = 9  # mean over months
SUPPORT = 10  # mean over months
OFFERS_MADE = 11
VOTES = 12
FIRST_SURVIVAL = 13  # of SURVIVAL_YEARS
FIRST_CAUSE = FIRST_SURVIVAL + len(SURVIVAL_YEARS)
FIRST_ACTOR = FIRST_CAUSE + len(CAUSES)  # payoffs of all actors, then votes in favour of members


def width(actors):
    """How many numbers an outcome has, given the number of actors, two of them belligerents."""
    return FIRST_ACTOR + actors + (actors - 2)


def blank(count, actors):
    """Outcomes of replications that end without agreement, all else to be filled in."""
    outcomes = np.zeros((count, width(actors)))
    outcomes[:, OFFER] = -1.0
    return outcomes


def mean_and_error(sample):
    if len(sample) < 2:
        return float("nan"), float("nan")
    return float(sample.mean()), float(sample.std(ddof=1) / np.sqrt(len(sample)))


def estimates(outcomes, names):
    """Mean and standard error of the measures that all programs report."""
    signed = outcomes[outcomes[:, AGREED] == 1.0]
    samples = {
        "p_agreement": outcomes[:, AGREED],
        "p_durable": outcomes[:, DURABLE],
        "month": signed[:, MONTH],
        "months_open": outcomes[:, MONTHS_OPEN],
    }
    for place, name in enumerate(names[:2]):
        samples[f"payoff_{name}"] = outcomes[:, FIRST_ACTOR + place]
    return {name: mean_and_error(sample) for name, sample in samples.items()}


def everything(outcomes, names, terms):
    """The same for all that an outcome holds."""
    signed = outcomes[outcomes[:, AGREED] == 1.0]
    voted = outcomes[outcomes[:, VOTES] > 0.0]
    samples = {
        "held": outcomes[:, HELD],
        "belief_revisionist": outcomes[:, BELIEF],
        "audience": outcomes[:, AUDIENCE],
        "unity_mean": outcomes[:, UNITY],
        "support_mean": outcomes[:, SUPPORT],
        "offers": outcomes[:, OFFERS_MADE],
    }
    for place, name in enumerate(("territory", "sovereignty", "guarantees")):
        samples[f"terms_{name}"] = terms[signed[:, OFFER].astype(int), place]
    for place, year in enumerate(SURVIVAL_YEARS):
        samples[f"p_holds_{year}y"] = signed[:, FIRST_SURVIVAL + place]
    for place, cause in enumerate(CAUSES):
        samples[f"months_{cause}"] = outcomes[:, FIRST_CAUSE + place]
    for place, name in enumerate(names):
        samples[f"payoff_{name.replace(' ', '_')}"] = outcomes[:, FIRST_ACTOR + place]
    for place, name in enumerate(names[2:]):
        in_favour = voted[:, FIRST_ACTOR + len(names) + place]
        samples[f"votes_{name.replace(' ', '_')}"] = in_favour / voted[:, VOTES]
    more = {name: mean_and_error(sample) for name, sample in samples.items()}
    return estimates(outcomes, names) | more
