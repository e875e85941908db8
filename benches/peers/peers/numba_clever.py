"""The model in compiled loops with every saving we know of.

Functions of one number are read from tables. Durability over the belief about the challenger's cost
is tabulated once in each month of talks. A search looks first where the same proposer found its last
offer, then at every eighth offer of a row, then closes in on the best of each row that comes near the
best of all. An offer is left as soon as what it promises at most falls short. Against a scan of all
offers that changes 0.04 % of the challenger's choices, 0.06 % of the defender's and 0.004 % of the
mediator's.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from . import outcome, tables
from .outcome import (
    AGREED, AUDIENCE, BELIEF, BY_BOTH, BY_CHALLENGER, BY_COALITION, BY_DEFENDER, COLLAPSE, DURABLE,
    FIRST_ACTOR, FIRST_CAUSE, FIRST_SURVIVAL, HELD, MONTH, MONTHS_OPEN, NOTHING_OFFERED, NO_TALKS,
    OFFER, OFFERS_MADE, SUPPORT, SURVIVAL_YEARS, UNITY, VOTES,
)
from .tables import (
    CHANCE_REACH, CHANCE_STEPS, FRONT_REACH, FRONT_STEPS, LOG_HIGH, LOG_LOW, LOG_STEPS, TAIL_HIGH,
    TAIL_LOW, TAIL_STEPS,
)
from .world import CHALLENGER, DEFENDER, MEDIATOR, MONTHS_AFTER, NODE_WEIGHTS, YEARS

SIGNED = -1
STRIDE = 8

# How near to the highest the best of every eighth offer of a row must be for a closer look: as a
# share of it or, where none is worth offering, in utility. Products of gains have narrow peaks: the
# mediator looks at rows that are short of 0 by as much.
NEAR = 0.25
SHORT = 0.05

# Nodes per unit of log-odds in a month's profile of durability, steps between them in the table it
# is made from, and nodes that costs take off at most.
NODES, STEPS, MOST_OFF = 8, 32, 400
LOW = -16.0

compiled = njit(fastmath=True, error_model="numpy")
inlined = njit(fastmath=True, error_model="numpy", forceinline=True)


class Month(NamedTuple):
    """All that the worth of offers depends on in a month."""

    proposer: int
    start: float  # place in the profile of durability, before grievance and guarantee
    settler: float  # nodes for each unit of a settler's grievance
    trust: float  # nodes that each unit of a guarantee takes off
    believed: float
    audience: float
    ours: float  # forecasts
    theirs: float
    our_war: float
    their_war: float
    our_mean_war: float
    their_mean_war: float
    our_log: float  # what is taken off the logarithm of a gap
    their_log: float
    our_per_sd: float
    their_per_sd: float
    their_loss: float


class Workspace(NamedTuple):
    """Arrays that all replications write to in turn."""

    steps: np.ndarray  # durability, by step beyond a node, then by node
    first: int  # the node that a profile begins at
    profile: np.ndarray
    hints: np.ndarray  # where each proposer found its last offer
    tops: np.ndarray  # the best of every eighth offer of each row, and where it is
    places: np.ndarray
    sums: np.ndarray


def prepare(world):
    rules = world.rules
    if world.challenger.break_loss != 0.0 or rules.mediator_weight != 0.5:
        raise NotImplementedError("only v_R = 0 and a mediator without favourite")
    table = tables.build(world)
    start = rules.compliance_base + rules.compliance_fragility
    first = int((start - table.stakes[:, 3].max() - LOW) * NODES) - 1
    last = int((start + table.stakes[:, 2].max() - LOW) * NODES) + 3
    nodes = np.arange(-MOST_OFF, last + 1)
    steps = np.arange(STEPS + 1)[:, None] / STEPS
    space = Workspace(
        steps=tables.durability_at(world, LOW + np.maximum(nodes + steps, 0.0) / NODES),
        first=first,
        profile=np.zeros(last - first),
        hints=np.zeros(3, np.int64),
        tops=np.zeros(len(world.offers.challenger) // world.offers.row),
        places=np.zeros(len(world.offers.challenger) // world.offers.row, np.int64),
        sums=np.zeros(2 + len(world.members.weight)),
    )
    return world, table, space


def play(prepared, count, seed):
    """Outcomes of so many replications."""
    world, table, space = prepared
    outcomes = outcome.blank(count, 2 + len(world.members.weight))
    luck = np.random.Generator(np.random.SFC64(seed))
    play_all(world, table, space, luck, outcomes)
    return outcomes


@compiled
def play_all(world, table, space, luck, outcomes):
    for replication in range(len(outcomes)):
        play_one(world, table, space, luck, outcomes[replication])


@inlined
def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


@inlined
def read(table, place):
    cell = np.int64(place)
    return table[cell] + (place - cell) * (table[cell + 1] - table[cell])


@inlined
def happens(table, luck, log_odds):
    place = (log_odds + CHANCE_REACH) * CHANCE_STEPS
    place = min(max(place, 0.0), 2.0 * CHANCE_REACH * CHANCE_STEPS)
    return luck.random() < read(table.chance, place)


@inlined
def front_place(world, level):
    place = (level - world.status_quo.start + FRONT_REACH) * FRONT_STEPS
    return min(max(place, 0.0), 2.0 * FRONT_REACH * FRONT_STEPS)


@inlined
def in_force(world, table, level, column):
    place = front_place(world, level)
    cell = np.int64(place)
    here, there = table.in_force[cell, column], table.in_force[cell + 1, column]
    return here + (place - cell) * (there - here)


@compiled
def play_one(world, table, space, luck, out):
    """One replication, month by month."""
    rules = world.rules
    sums = space.sums
    sums[:] = 0.0
    space.hints[:] = -1
    revisionist = luck.random() < rules.revisionist_prior
    mind = 1.0 if revisionist else rules.compliance_settler_grievance
    our_mean, their_mean = world.challenger.cost_log_median, world.defender.cost_log_median
    our_log_cost = our_mean + world.challenger.cost_log_sd * luck.standard_normal()
    their_log_cost = their_mean + world.defender.cost_log_sd * luck.standard_normal()
    our_cost, their_cost = math.exp(our_log_cost), math.exp(their_log_cost)

    prior = math.log(rules.revisionist_prior / (1.0 - rules.revisionist_prior))
    evidence = rules.rhetoric_credence * rules.rhetoric_separation / rules.rhetoric_noise**2
    tone = rules.signalling + (0.5 if revisionist else -0.5) * rules.rhetoric_separation
    leverage = rules.front_talk_leverage if revisionist else 0.0
    unity, support, level = rules.unity, rules.coalition_initial_support, world.status_quo.start
    rhetoric, norm, log_odds = rules.signalling, rules.rhetoric_norm, prior
    audience = 0.5 * max(rhetoric, 0.0)
    talks_open = rules.talks_open_at_start
    sum_of_unity, sum_of_support, hardship = 0.0, 0.0, 0.0
    months_open, month, signed = 0, 0, -1

    while True:
        shock = rules.coalition_volatility * luck.standard_normal()
        unity = min(max(unity + rules.coalition_reversion * (rules.unity - unity) + shock, 0.0), 1.0)
        support = next_support(world, table, luck, support, unity, month, rhetoric)
        withheld = rules.front_withheld_aid if talks_open else 0.0
        force = rules.front_defender_force + rules.front_aid * support * (1.0 - withheld)
        drift = rules.front_responsiveness * math.log(rules.front_challenger_force / force)
        level += drift + rules.front_volatility * luck.standard_normal()
        if talks_open:
            level += leverage
        rhetoric = tone + rules.rhetoric_noise * luck.standard_normal()
        surprise = rhetoric - norm
        log_odds += rules.rhetoric_forgetting * (prior - log_odds) + evidence * surprise
        norm += rules.rhetoric_norm_adaptation * surprise
        loud = max(rhetoric, 0.0)
        audience += (1.0 - rules.audience_persistence) * (loud - audience)
        book_war(world, table, level, table.discount[month], sums)
        hardship += table.discount[month] * table.weariness[month]
        sum_of_unity += unity
        sum_of_support += support

        cause = NO_TALKS
        if talks_open or luck.random() < rules.talks_reopen:
            talks_open = True
            if table.signal_sd > 0.0:
                signal = our_log_cost + table.signal_sd * luck.standard_normal()
                our_mean += table.trust[months_open, CHALLENGER] * (signal - our_mean)
                signal = their_log_cost + table.signal_sd * luck.standard_normal()
                their_mean += table.trust[months_open, DEFENDER] * (signal - their_mean)
            months_open += 1
            this = look_ahead(
                world, table, space, luck, month, months_open, level, drift, unity, support, log_odds,
                audience, our_cost, their_cost, our_mean, their_mean,
            )
            offer = search(
                table.stakes, world.offers.row, space.hints[this.proposer], this, space.profile,
                table.log, table.tail, space.tops, space.places,
            )
            cause = NOTHING_OFFERED
            if offer >= 0:
                space.hints[this.proposer] = offer
                out[OFFERS_MADE] += 1.0
                cause = answers(world, table, space, luck, this, offer, level, unity, out)
                if cause == SIGNED:
                    signed = offer
                    break
            chance = rules.talks_break_off + rules.talks_break_off_rhetoric * loud
            talks_open = luck.random() >= chance
        out[FIRST_CAUSE + cause] += 1.0
        if month + 1 == rules.horizon_months:
            break
        month += 1

    out[MONTHS_OPEN] = months_open
    out[UNITY] = sum_of_unity / (month + 1)
    out[SUPPORT] = sum_of_support / (month + 1)
    out[HELD] = logistic(level)
    out[BELIEF] = logistic(log_odds)
    out[AUDIENCE] = audience
    collapse = 0
    if signed >= 0:
        out[AGREED] = 1.0
        out[MONTH] = month + 1
        out[OFFER] = signed
        collapse = play_out(world, table, luck, signed, mind, our_cost, support, out)
    close_books(
        world, table, sums, hardship, month, level, signed, collapse, our_cost, their_cost, out
    )


@inlined
def next_support(world, table, luck, support, unity, month, rhetoric):
    """Each member supports or not, the likelier the more others do (Brock and Durlauf 2001)."""
    rules, members = world.rules, world.members
    pull = rules.coalition_interaction * unity * (2.0 * support - 1.0)
    years = month / 12.0
    supporting = 0.0
    for k in range(len(members.weight)):
        stance = members.support[k] - members.fatigue[k] * years + members.rally[k] * rhetoric
        supporting += members.weight[k] * happens(table, luck, stance + pull)
    return rules.coalition_inertia * support + (1.0 - rules.coalition_inertia) * supporting


@inlined
def look_ahead(
    world, table, space, luck, month, months_open, level, drift, unity, support, log_odds,
    audience, our_cost, their_cost, our_mean, their_mean,
):
    """Draws a proposer, and gathers what the worth of offers depends on."""
    rules = world.rules
    lot = luck.random()
    proposer = MEDIATOR
    if lot < rules.recognition_challenger:
        proposer = CHALLENGER
    elif lot < rules.recognition_challenger + rules.recognition_defender:
        proposer = DEFENDER
    weary = table.weariness[month]
    ahead = level + rules.planning_months * drift
    optimism = table.optimism[month]
    ours = in_force(world, table, ahead + world.challenger.lean * optimism, CHALLENGER)
    theirs = in_force(world, table, ahead + world.defender.lean * optimism, DEFENDER)
    our_sd = table.belief_sd[months_open, CHALLENGER]
    their_sd = table.belief_sd[months_open, DEFENDER]
    middle = math.exp(our_mean)
    reach = math.exp(math.sqrt(3.0) * our_sd)
    scale = rules.compliance_slope * NODES
    costs = (scale * middle / reach, scale * middle, scale * middle * reach)
    fill_profile(space.steps, space.first, costs, space.profile)
    start = rules.compliance_base + rules.compliance_fragility - LOW
    log_weary = math.log(weary)
    return Month(
        proposer=proposer,
        start=start * NODES - space.first,
        settler=rules.compliance_settler_grievance * NODES,
        trust=(unity + rules.compliance_naivety * (support - unity)) * NODES,
        believed=logistic(log_odds),
        audience=rules.audience_cost * audience,
        ours=ours,
        theirs=theirs,
        our_war=ours - our_cost * weary,
        their_war=theirs - their_cost * weary,
        our_mean_war=ours - middle * math.exp(0.5 * our_sd * our_sd) * weary,
        their_mean_war=theirs - math.exp(their_mean + 0.5 * their_sd * their_sd) * weary,
        our_log=our_mean + log_weary,
        their_log=their_mean + log_weary,
        our_per_sd=1.0 / our_sd,
        their_per_sd=1.0 / their_sd,
        their_loss=world.defender.break_loss,
    )


@compiled
def fill_profile(steps, first, costs, profile):
    """Tabulates durability averaged over the belief about the challenger's cost."""
    profile[:] = 0.0
    for node in range(3):
        off = min(costs[node], float(MOST_OFF))
        whole = math.ceil(off)
        step = (whole - off) * STEPS
        at = min(np.int64(step), STEPS - 1)
        part = (step - at) * NODE_WEIGHTS[node]
        rest = NODE_WEIGHTS[node] - part
        begin = MOST_OFF + first - np.int64(whole)
        lower, upper = steps[at, begin:], steps[at + 1, begin:]
        for place in range(np.uint64(len(profile))):
            profile[place] += rest * lower[place] + part * upper[place]


@inlined
def believed_durability(profile, this, grievance, deterred):
    """Durability of an offer on the public belief about the challenger's intent and cost."""
    start = this.start - deterred * this.trust
    hard = cubic(profile, start + grievance * NODES)
    soft = cubic(profile, start + grievance * this.settler)
    return soft + this.believed * (hard - soft)


@inlined
def cubic(profile, place):
    """The cubic through four neighbours (Newton)."""
    place = max(place, 1.0)
    cell = np.int32(place)
    t = place - cell
    a, b, c, d = profile[cell - 1], profile[cell], profile[cell + 1], profile[cell + 2]
    ab, bc, cd = b - a, c - b, d - c
    abc, bcd = bc - ab, cd - bc
    return b + t * (bc + (t - 1.0) * (abc * 0.5 + (t + 1.0) * (bcd - abc) * (1.0 / 6.0)))


@inlined
def premium(break_loss, durability):
    return break_loss * (1.0 - durability) / durability


@inlined
def chance(logs, tails, gap, log, per_sd):
    """That a side accepts an offer that lacks so much before its cost is counted."""
    place = min(max(gap, LOG_LOW), LOG_HIGH) * LOG_STEPS
    cell = np.int32(place)
    z = (logs[cell] + (place - cell) * (logs[cell + 1] - logs[cell]) - log) * per_sd
    place = (min(max(z, TAIL_LOW), TAIL_HIGH) - TAIL_LOW) * TAIL_STEPS
    cell = np.int32(place)
    taken = tails[cell] + (place - cell) * (tails[cell + 1] - tails[cell])
    return taken if gap > 0.0 else 1.0


@inlined
def value(stakes, offer, floor, this, profile, logs, tails):
    """What an offer is worth to the proposer, or less than 0 by what is missing to that. Anything
    that is no greater than `floor` stands for a value that cannot be greater."""
    ours, theirs = stakes[offer, 0], stakes[offer, 1]
    ours -= this.audience * (1.0 - ours)
    if this.proposer == CHALLENGER:
        gain = ours - this.our_war
        if gain <= max(floor, 0.0):
            return gain
        held = believed_durability(profile, this, stakes[offer, 2], stakes[offer, 3])
        gap = this.theirs - theirs + premium(this.their_loss, held)
        return gain * chance(logs, tails, gap, this.their_log, this.their_per_sd)
    if this.proposer == DEFENDER:
        gain = theirs - this.their_war
        if gain <= floor:
            return gain
        held = believed_durability(profile, this, stakes[offer, 2], stakes[offer, 3])
        gain -= premium(this.their_loss, held)
        if gain <= max(floor, 0.0):
            return gain
        return gain * chance(logs, tails, this.ours - ours, this.our_log, this.our_per_sd)
    ours -= this.our_mean_war
    theirs -= this.their_mean_war
    least = min(ours, theirs)
    if least <= min(floor, 0.0) or (floor > 0.0 and ours * theirs <= floor * floor):
        return min(least, floor)
    held = believed_durability(profile, this, stakes[offer, 2], stakes[offer, 3])
    theirs -= premium(this.their_loss, held)
    least = min(ours, theirs)
    return math.sqrt(ours * theirs) if least > 0.0 else least


@inlined
def lowest(proposer, best):
    """What the best of every eighth offer of a row must reach for a closer look."""
    if best <= 0.0:
        return best - SHORT
    return -SHORT if proposer == MEDIATOR else best * NEAR


@compiled
def search(stakes, row, hint, this, profile, logs, tails, tops, places):
    """The offer of the greatest value found, or −1 where none is above 0."""
    best, found = -SHORT, -1
    tops[:] = -1.0
    if hint >= 0:
        worth = value(stakes, hint, best, this, profile, logs, tails)
        if worth > best:
            best, found = worth, hint
            tops[hint // row], places[hint // row] = worth, hint
    for at in range(len(tops)):
        for offer in range(at * row, (at + 1) * row, STRIDE):
            floor = max(tops[at], lowest(this.proposer, best))
            worth = value(stakes, offer, floor, this, profile, logs, tails)
            if worth > floor:
                tops[at], places[at] = worth, offer
                if worth > best:
                    best, found = worth, offer
    for at in range(len(tops)):
        if tops[at] < lowest(this.proposer, best):
            continue
        top, place = tops[at], places[at]
        step = STRIDE // 2
        while step > 0:
            centre = place
            for offer in (centre - step, centre + step):
                if at * row <= offer < (at + 1) * row:
                    worth = value(stakes, offer, top, this, profile, logs, tails)
                    if worth > top:
                        top, place = worth, offer
            step //= 2
        if top > best:
            best, found = top, place
    return found if best > 0.0 else -1


@inlined
def answers(world, table, space, luck, this, offer, level, unity, out):
    """Why an offer was not signed, or that it was."""
    noise = world.rules.quantal_noise
    worth, other = table.stakes[offer, 0], table.stakes[offer, 1]
    grievance, deterred = table.stakes[offer, 2], table.stakes[offer, 3]
    fear = premium(this.their_loss, believed_durability(space.profile, this, grievance, deterred))
    ours, theirs = True, True
    if this.proposer != CHALLENGER:
        gain = worth - this.audience * (1.0 - worth) - this.our_war
        ours = happens(table, luck, gain / noise)
    if this.proposer != DEFENDER:
        theirs = happens(table, luck, (other - fear - this.their_war) / noise)
    if not ours:
        return BY_CHALLENGER if theirs else BY_BOTH
    if not theirs:
        return BY_DEFENDER
    return SIGNED if endorsed(world, table, luck, offer, level, fear, unity, out) else BY_COALITION


@compiled
def endorsed(world, table, luck, offer, level, fear, unity, out):
    """Members vote alone, then perhaps as one."""
    rules, members = world.rules, world.members
    size = len(members.weight)
    place = front_place(world, level)
    cell = np.int64(place)
    share = 0.0
    for k in range(size):
        here = table.in_force[cell, 2 + size + k]
        there = table.in_force[cell + 1, 2 + size + k]
        gain = table.consulted[offer, k] - here - (place - cell) * (there - here)
        gain += rules.coalition_backing - rules.coalition_premium_weight * fear
        if happens(table, luck, gain / rules.endorsement_noise):
            share += members.weight[k]
            out[FIRST_ACTOR + 2 + size + k] += 1.0
    out[VOTES] += 1.0
    rounding = 1e-12
    if luck.random() < unity:
        share = 1.0 if share >= 0.5 - rounding else 0.0
    return share >= rules.coalition_quota - rounding


@compiled
def play_out(world, table, luck, offer, mind, cost, support, out):
    """Survival year by year, and the year in which the agreement is drawn to break, or 0."""
    rules = world.rules
    grievance = mind * (1.0 - world.offers.challenger[offer]) - cost
    credibility, walk, survival = support, 0.0, 1.0
    lot = luck.random()
    collapse, place = 0, 0
    for year in range(YEARS):
        strain = rules.compliance_slope * (grievance + walk)
        strain -= table.stakes[offer, 3] * credibility
        broken = logistic(table.fragile[year] + strain)
        survival *= (1.0 - broken) * (1.0 - rules.compliance_accidents)
        if collapse == 0 and lot >= survival:
            collapse = year + 1
        if year + 1 == rules.durable_after_years:
            out[DURABLE] = survival
        if year + 1 == SURVIVAL_YEARS[place]:
            out[FIRST_SURVIVAL + place] = survival
            place += 1
        reversion = rules.compliance_credibility_reversion * (rules.unity - credibility)
        shock = rules.compliance_credibility_volatility * luck.standard_normal()
        credibility = min(max(credibility + reversion + shock, 0.0), 1.0)
        walk += rules.compliance_power_volatility * luck.standard_normal()
    out[COLLAPSE] = collapse
    return collapse


@inlined
def book_war(world, table, level, weight, sums):
    """Adds so much of the terms in force to what everybody has had."""
    place = front_place(world, level)
    cell = np.int64(place)
    there = weight * (place - cell)
    here = weight - there
    for actor in range(len(sums)):
        sums[actor] += here * table.in_force[cell, actor] + there * table.in_force[cell + 1, actor]


@compiled
def close_books(
    world, table, sums, hardship, month, level, signed, collapse, our_cost, their_cost, out
):
    """Peace until the agreement breaks, war as it was from then on, and the mean of it all."""
    last = world.rules.horizon_months + MONTHS_AFTER
    war_again = month + 1
    if signed >= 0:
        war_again = min(month + 1 + 12 * collapse, last) if collapse > 0 else last
        weight = table.before[war_again] - table.before[month + 1]
        for actor in range(len(sums)):
            sums[actor] += weight * table.worth[signed, actor]
    frozen = table.before[last] - table.before[war_again]
    book_war(world, table, level, frozen, sums)
    hardship += frozen * table.weariness[month]
    broken = frozen if signed >= 0 else 0.0
    sums[CHALLENGER] -= our_cost * hardship + broken * world.challenger.break_loss
    sums[DEFENDER] -= their_cost * hardship + broken * world.defender.break_loss
    for actor in range(len(sums)):
        out[FIRST_ACTOR + actor] = sums[actor] / table.before[last]
