"""What the clever programs tabulate before they play: functions of one number, and worth of offers."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from .world import MONTHS_AFTER, logistic, terms_in_force, utility

# Each table is read with linear interpolation between `steps` nodes per unit from `low` to `high`.
# Errors are at most steps^-2 / 8 times the second derivative, given first.
DURABILITY_STEPS, DURABILITY_LOW = 256, -16.0  # below 0.25: 5e-7
TAIL_STEPS, TAIL_LOW, TAIL_HIGH = 128, -8.5, 37.5  # below 0.25: 2e-6
LOG_STEPS, LOG_LOW, LOG_HIGH = 2048, 1e-3, 4.0  # 1 / x²: 8e-5 at 0.02, and less above
CHANCE_STEPS, CHANCE_REACH = 128, 20.0  # below 0.1: 8e-7
FRONT_STEPS, FRONT_REACH = 256, 4.0  # below 1e-4 even at the kinks of utility


class Tables(NamedTuple):
    """Made of numbers and arrays only, which Numba can compile."""

    durability: np.ndarray  # by log-odds of the first year's hazard
    tail: np.ndarray  # 1 − Φ
    log: np.ndarray  # ln, from 0 on
    chance: np.ndarray  # σ
    in_force: np.ndarray  # utility of the terms in force, by front: own (all actors), consulted
    stakes: np.ndarray  # of each offer: U_R, U_U, log-odds of a break by grievance and guarantee
    worth: np.ndarray  # of each offer to each actor
    consulted: np.ndarray  # of each offer to each member after consultation
    weariness: np.ndarray  # by month
    optimism: np.ndarray  # what is left of it, by month
    discount: np.ndarray  # weight of a month
    before: np.ndarray  # weight of all months before it
    belief_sd: np.ndarray  # of both costs, by how many months of talks have told about them
    trust: np.ndarray  # weight of what the next month of talks tells
    signal_sd: float
    fragile: np.ndarray  # log-odds of a break in each year before strain


def build(world):
    rules = world.rules
    months = np.arange(rules.horizon_months + MONTHS_AFTER + 1)
    discount = rules.discount ** (months / 12.0)
    signal_sd = rules.channel_noise / np.sqrt(rules.channels) if rules.channels else np.inf
    belief_sd, trust = lessons(world, signal_sd**2)
    years = np.arange(100.0)
    fading = np.exp(-years / rules.compliance_fragility_years)
    return Tables(
        durability=durability(world),
        tail=ndtr(-np.arange(TAIL_LOW, TAIL_HIGH + 2.0 / TAIL_STEPS, 1.0 / TAIL_STEPS)),
        log=np.log(np.maximum(np.arange(0.0, LOG_HIGH + 0.1, 1.0 / LOG_STEPS), LOG_LOW)),
        chance=logistic(np.arange(-CHANCE_REACH, CHANCE_REACH + 0.1, 1.0 / CHANCE_STEPS)),
        in_force=np.hstack([
            own_utilities(world, fronts(world)),
            consulted_utilities(world, fronts(world)),
        ]),
        stakes=stakes_of(world),
        worth=own_utilities(world, world.offers.terms),
        consulted=consulted_utilities(world, world.offers.terms),
        weariness=1.0 + rules.weariness * months / 12.0,
        optimism=np.exp(-months / rules.optimism_fading_months),
        discount=discount,
        before=np.concatenate([[0.0], np.cumsum(discount)]),
        belief_sd=belief_sd,
        trust=trust,
        signal_sd=signal_sd if rules.channels else 0.0,
        fragile=rules.compliance_base + rules.compliance_fragility * fading,
    )


def stakes_of(world):
    rules, offers = world.rules, world.offers
    grievance = rules.compliance_slope * (1.0 - offers.challenger)
    deterred = rules.compliance_slope * rules.compliance_deterrence * offers.guarantee
    return np.column_stack([offers.challenger, offers.defender, grievance, deterred])


def durability(world):
    rules = world.rules
    high = rules.compliance_base + rules.compliance_fragility + rules.compliance_slope
    ends = DURABILITY_LOW, high + 2.0 / DURABILITY_STEPS
    return durability_at(world, np.arange(*ends, 1.0 / DURABILITY_STEPS))


def durability_at(world, argument):
    """Discounted share of the future in which an agreement holds, by log-odds of the first year's
    hazard; the last foreseen year's hazard stays."""
    rules = world.rules
    total, weight, alive, hold = 0.0, 1.0, 1.0, 1.0
    for relief in world.relief:
        total = total + weight * alive
        hold = (1.0 - logistic(argument - relief)) * (1.0 - rules.compliance_accidents)
        alive = alive * hold
        weight *= rules.discount
    total = total + weight * alive / (1.0 - rules.discount * hold)
    return (1.0 - rules.discount) * total


def fronts(world):
    """Terms in force at all nodes of the front."""
    start = world.status_quo.start
    levels = np.arange(start - FRONT_REACH, start + FRONT_REACH + 0.1, 1.0 / FRONT_STEPS)
    return terms_in_force(world.status_quo, levels)


def own_utilities(world, terms):
    """Of terms to both belligerents and all members: one row each."""
    members = world.members
    sides = [
        utility(terms, side.ideal, side.salience, side.curvature)
        for side in (world.challenger, world.defender)
    ]
    own = zip(members.ideal, members.salience, members.curvature)
    return np.column_stack(sides + [utility(terms, *one) for one in own])


def consulted_utilities(world, terms):
    members = world.members
    own = zip(members.consulted, members.salience, members.curvature)
    return np.column_stack([utility(terms, *one) for one in own])


def lessons(world, variance):
    """How beliefs about both costs narrow: by the number of lessons alone."""
    prior = np.array([world.challenger.cost_log_sd, world.defender.cost_log_sd]) ** 2
    number = np.arange(world.rules.horizon_months + 1)[:, None]
    posterior = prior / (1.0 + number * prior / variance)
    return np.sqrt(posterior), posterior / (posterior + variance)
