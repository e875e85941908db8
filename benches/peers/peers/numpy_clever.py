"""The model in NumPy with tables: replications that are over leave the block, few offers are weighed.

Every eighth offer of a row is weighed first, then all those around the best of each row that comes
near the best of all. Choices read the nearest node of fine tables; what is decided on them does not.
"""

from types import SimpleNamespace

import numpy as np
from scipy.special import ndtr

from . import outcome, tables
from .outcome import (
    AGREED, AUDIENCE, BELIEF, BY_BOTH, BY_CHALLENGER, BY_COALITION, BY_DEFENDER, COLLAPSE, DURABLE,
    FIRST_ACTOR, FIRST_CAUSE, FIRST_SURVIVAL, HELD, MONTH, MONTHS_OPEN, NOTHING_OFFERED, NO_TALKS,
    OFFER, OFFERS_MADE, SUPPORT, SURVIVAL_YEARS, UNITY, VOTES,
)
from .tables import DURABILITY_LOW, FRONT_REACH, FRONT_STEPS
from .world import CHALLENGER, DEFENDER, MEDIATOR, MONTHS_AFTER, NODES, YEARS, logistic, logit

BLOCK = 4000
STRIDE = 8
AROUND = np.arange(1 - STRIDE, STRIDE)

# How near to the highest the best of every eighth offer of a row must be for a closer look: as a
# share of it or, where none is worth offering, in utility. Products of gains have narrow peaks: the
# mediator looks at rows that are short of 0 by as much.
NEAR = 0.25
SHORT = 0.05

# Nodes per unit of both tables, and where that of the normal tail begins and ends.
STEPS = 1024
HEAD, TAIL = -8.5, 37.5


def prepare(world):
    if world.challenger.break_loss != 0.0 or world.rules.mediator_weight != 0.5:
        raise NotImplementedError("only v_R = 0 and a mediator without favourite")
    return Shared(world)


def play(shared, count, seed):
    """Outcomes of so many replications."""
    outcomes = outcome.blank(count, 2 + len(shared.world.members.weight))
    luck = np.random.Generator(np.random.SFC64(seed))
    for first in range(0, count, BLOCK):
        Block(shared, luck, outcomes[first : first + BLOCK]).play()
    return outcomes


class Shared:
    """What all replications share, laid out for reading."""

    def __init__(self, world):
        self.world = world
        rules = world.rules
        self.table = tables.build(world)
        self.ours, self.theirs, self.grievance, self.deterred = (
            np.ascontiguousarray(column) for column in self.table.stakes.T
        )
        high = rules.compliance_base + rules.compliance_fragility + rules.compliance_slope
        nodes = np.arange(DURABILITY_LOW, high + 1.0, 1.0 / STEPS)
        self.durability = tables.durability_at(world, nodes)
        self.tail = ndtr(-np.arange(HEAD, TAIL + 0.1, 1.0 / STEPS))
        self.row = world.offers.row
        self.firsts = np.arange(0, len(self.ours), self.row)
        self.coarse = self.firsts[:, None] + np.arange(0, self.row, STRIDE)

    def in_force(self, levels, columns):
        """Utility of the terms in force, a row for each front."""
        place = (levels - self.world.status_quo.start + FRONT_REACH) * FRONT_STEPS
        place = np.clip(place, 0.0, 2.0 * FRONT_REACH * FRONT_STEPS)
        cell = place.astype(int)
        here = self.table.in_force[cell, columns]
        part = (place - cell).reshape((-1,) + (1,) * (here.ndim - 1))
        return here + part * (self.table.in_force[cell + 1, columns] - here)


class Block:
    """Replications that are played together; `now` holds the state of those not over yet."""

    def __init__(self, shared, luck, out):
        world, count = shared.world, len(out)
        rules = world.rules
        self.shared, self.world, self.rules, self.luck = shared, world, rules, luck
        self.out, self.ended = out, []
        sides = (world.challenger, world.defender)
        medians = np.array([[side.cost_log_median] for side in sides])
        sds = np.array([[side.cost_log_sd] for side in sides])
        log_cost = medians + sds * luck.standard_normal((2, count))
        revisionist = luck.random(count) < rules.revisionist_prior
        self.now = {
            "row": np.arange(count),
            "log_cost": log_cost,
            "cost": np.exp(log_cost),
            "belief": np.repeat(medians, count, axis=1),
            "lessons": np.zeros(count, int),
            "revisionist": revisionist,
            "tone": rules.signalling + np.where(revisionist, 0.5, -0.5) * rules.rhetoric_separation,
            "unity": np.full(count, rules.unity),
            "support": np.full(count, rules.coalition_initial_support),
            "level": np.full(count, world.status_quo.start),
            "rhetoric": np.full(count, rules.signalling),
            "norm": np.full(count, rules.rhetoric_norm),
            "log_odds": np.full(count, logit(rules.revisionist_prior)),
            "audience": np.full(count, 0.5 * max(rules.signalling, 0.0)),
            "open": np.full(count, rules.talks_open_at_start),
            "signed": np.full(count, -1),
            "flows": np.zeros((2 + len(world.members.weight), count)),
            "unities": np.zeros(count),
            "supports": np.zeros(count),
        }

    def play(self):
        for month in range(self.rules.horizon_months):
            now = SimpleNamespace(**self.now)
            self.pass_month(now, month)
            self.talk(now, month)
            self.now = vars(now)
            last = month + 1 == self.rules.horizon_months
            over = np.ones(len(now.row), bool) if last else now.signed >= 0
            if over.any():
                self.finish(self.select(over), month)
                if over.all():
                    return
                self.now = vars(self.select(~over))

    def select(self, which):
        """The state of some replications."""
        return SimpleNamespace(**{name: state[..., which] for name, state in self.now.items()})

    def pass_month(self, now, month):
        """Unity, support, the front, words, and the books."""
        rules, table = self.rules, self.shared.table
        shocks = self.luck.standard_normal((3, len(now.row)))
        reversion = rules.coalition_reversion * (rules.unity - now.unity)
        now.unity = now.unity + reversion + rules.coalition_volatility * shocks[0]
        np.clip(now.unity, 0.0, 1.0, out=now.unity)
        now.support = self.gather_support(now, month)
        aid = rules.front_aid * now.support * (1.0 - rules.front_withheld_aid * now.open)
        balance = rules.front_challenger_force / (rules.front_defender_force + aid)
        now.drift = rules.front_responsiveness * np.log(balance)
        now.level = now.level + now.drift + rules.front_volatility * shocks[1]
        now.level += rules.front_talk_leverage * (now.open & now.revisionist)
        self.speak(now, shocks[2])
        actors = len(now.flows)
        flows = self.shared.in_force(now.level, slice(0, actors)).T
        now.flows = now.flows + table.discount[month] * flows
        now.unities = now.unities + now.unity
        now.supports = now.supports + now.support

    def gather_support(self, now, month):
        """The likelier for each member the more others support (Brock and Durlauf 2001)."""
        rules, members = self.rules, self.world.members
        pull = rules.coalition_interaction * now.unity * (2.0 * now.support - 1.0)
        stance = members.support - members.fatigue * month / 12.0
        readiness = stance[:, None] + pull + members.rally[:, None] * now.rhetoric
        supporting = self.luck.random(readiness.shape) * (1.0 + np.exp(-readiness)) < 1.0
        weight = (1.0 - rules.coalition_inertia) * members.weight
        return rules.coalition_inertia * now.support + weight @ supporting

    def speak(self, now, shock):
        """Public words, what they say about intent, and the audience that holds to them."""
        rules = self.rules
        now.rhetoric = now.tone + rules.rhetoric_noise * shock
        surprise = now.rhetoric - now.norm
        evidence = rules.rhetoric_credence * rules.rhetoric_separation / rules.rhetoric_noise**2
        back = rules.rhetoric_forgetting * (logit(rules.revisionist_prior) - now.log_odds)
        now.log_odds = now.log_odds + back + evidence * surprise
        now.norm = now.norm + rules.rhetoric_norm_adaptation * surprise
        loud = np.maximum(now.rhetoric, 0.0)
        now.audience = now.audience + (1.0 - rules.audience_persistence) * (loud - now.audience)

    def talk(self, now, month):
        rules, table = self.rules, self.shared.table
        lots = self.luck.random((3, len(now.row)))
        now.open = now.open | (lots[0] < rules.talks_reopen)
        self.out[now.row[~now.open], FIRST_CAUSE + NO_TALKS] += 1.0
        at = np.flatnonzero(now.open)
        if rules.channels:
            noise = table.signal_sd * self.luck.standard_normal((2, len(at)))
            trust = table.trust[now.lessons[at]].T
            now.belief[:, at] += trust * (now.log_cost[:, at] + noise - now.belief[:, at])
        now.lessons[at] += 1
        now.season = self.look_ahead(now, month)
        first = rules.recognition_challenger
        proposer = np.digitize(lots[1, at], (first, first + rules.recognition_defender))
        for who in (CHALLENGER, DEFENDER, MEDIATOR):
            self.offer(now, who, at[proposer == who])
        loud = np.maximum(now.rhetoric, 0.0)
        chance = rules.talks_break_off + rules.talks_break_off_rhetoric * loud
        now.open &= lots[2] >= chance
        for name in ("drift", "season"):
            delattr(now, name)

    def look_ahead(self, now, month):
        """What offers are judged by in this month: a column for each replication."""
        rules, shared, table = self.rules, self.shared, self.shared.table
        weary, optimism = table.weariness[month], table.optimism[month]
        ahead = now.level + rules.planning_months * now.drift
        sides = enumerate((self.world.challenger, self.world.defender))
        forecast = np.array([
            shared.in_force(ahead + side.lean * optimism, place) for place, side in sides
        ])
        sd = table.belief_sd[now.lessons].T
        costs = np.exp(now.belief[CHALLENGER] + sd[CHALLENGER] * NODES[:, None])
        start = rules.compliance_base + rules.compliance_fragility - DURABILITY_LOW
        trust = now.unity + rules.compliance_naivety * (now.support - now.unity)
        return np.vstack([
            rules.audience_cost * now.audience,
            forecast,
            forecast - now.cost * weary,
            forecast - np.exp(now.belief + sd**2 / 2.0) * weary,
            now.belief + np.log(weary),
            1.0 / sd,
            (start - rules.compliance_slope * costs) * STEPS,
            STEPS * trust,
            logistic(now.log_odds),
        ])

    def offer(self, now, proposer, at):
        """One proposer offers where it leads the talks."""
        if len(at) == 0:
            return
        rules = self.rules
        season = Season(self.shared, now.season[:, at])
        offer, value = search(self.shared, season, proposer)
        offered = value > 0.0
        self.out[now.row[at[~offered]], FIRST_CAUSE + NOTHING_OFFERED] += 1.0
        at, offer, season = at[offered], offer[offered], season.of(offered)
        self.out[now.row[at], OFFERS_MADE] += 1.0
        ours, theirs, fear = season.gains(offer)
        lots = self.luck.random((2, len(at)))
        ours = (lots[0] < logistic(ours / rules.quantal_noise)) | (proposer == CHALLENGER)
        theirs = (lots[1] < logistic(theirs / rules.quantal_noise)) | (proposer == DEFENDER)
        causes = np.array([[BY_BOTH, BY_CHALLENGER], [BY_DEFENDER, BY_COALITION]])
        cause = causes[ours.astype(int), theirs.astype(int)]
        agreed = np.flatnonzero(ours & theirs)
        endorsed = agreed[self.endorse(now, at[agreed], offer[agreed], fear[agreed])]
        now.signed[at[endorsed]] = offer[endorsed]
        cause[endorsed] = -1
        refused = cause >= 0
        self.out[now.row[at[refused]], FIRST_CAUSE + cause[refused]] += 1.0

    def endorse(self, now, at, offer, fear):
        """Members vote alone, then perhaps as one."""
        rules, members = self.rules, self.world.members
        size, table = len(members.weight), self.shared.table
        gain = table.consulted[offer] - self.shared.in_force(now.level[at], slice(2 + size, None))
        gain += rules.coalition_backing - rules.coalition_premium_weight * fear[:, None]
        lots = self.luck.random(gain.shape)
        in_favour = lots * (1.0 + np.exp(gain / -rules.endorsement_noise)) < 1.0
        self.out[now.row[at], VOTES] += 1.0
        self.out[now.row[at], FIRST_ACTOR + 2 + size :] += in_favour
        rounding = 1e-12
        share = in_favour @ members.weight
        as_one = self.luck.random(len(at)) < now.unity[at]
        share = np.where(as_one, share >= 0.5 - rounding, share)
        return share >= rules.coalition_quota - rounding

    def finish(self, then, month):
        """Closes the books of replications that end in a month."""
        out, rows = self.out, then.row
        out[rows, MONTHS_OPEN] = then.lessons
        out[rows, UNITY] = then.unities / (month + 1)
        out[rows, SUPPORT] = then.supports / (month + 1)
        out[rows, HELD] = logistic(then.level)
        out[rows, BELIEF] = logistic(then.log_odds)
        out[rows, AUDIENCE] = then.audience
        agreed = then.signed >= 0
        out[rows, AGREED] = agreed
        out[rows, OFFER] = then.signed
        collapse = np.zeros(len(rows), int)
        at = np.flatnonzero(agreed)
        if len(at):
            survival, collapse[at] = self.play_out(then, at)
            signed = rows[at]
            out[signed, MONTH] = month + 1
            out[signed, COLLAPSE] = collapse[at]
            out[signed, DURABLE] = survival[self.rules.durable_after_years - 1]
            places = FIRST_SURVIVAL + np.arange(len(SURVIVAL_YEARS))
            out[signed[:, None], places] = survival[SURVIVAL_YEARS - 1].T
        payoffs = self.close_books(then, month, agreed, collapse)
        out[rows, FIRST_ACTOR : FIRST_ACTOR + len(payoffs)] = payoffs.T

    def play_out(self, then, at):
        """Survival at the end of each year after signature, and the drawn year of a break, or 0."""
        rules, shared, signed = self.rules, self.shared, then.signed[at]
        settler = rules.compliance_settler_grievance
        strain = np.where(then.revisionist[at], 1.0, settler) * shared.grievance[signed]
        strain -= rules.compliance_slope * then.cost[CHALLENGER, at]
        deterred, credibility = shared.deterred[signed], then.support[at]
        shocks = self.luck.standard_normal((2, YEARS, len(at)))
        survival = np.empty((YEARS, len(at)))
        for year in range(YEARS):
            survival[year] = shared.table.fragile[year] + strain - deterred * credibility
            reversion = rules.compliance_credibility_reversion * (rules.unity - credibility)
            moved = credibility + reversion + rules.compliance_credibility_volatility * shocks[0, year]
            credibility = np.clip(moved, 0.0, 1.0)
            walk = rules.compliance_slope * rules.compliance_power_volatility
            strain += walk * shocks[1, year]
        hold = (1.0 - rules.compliance_accidents) / (1.0 + np.exp(survival))
        survival = np.cumprod(hold, axis=0)
        broken = self.luck.random(len(at)) >= survival
        return survival, np.where(broken[-1], broken.argmax(axis=0) + 1, 0)

    def close_books(self, then, month, agreed, collapse):
        """Peace until agreements break, war as it was from then on, and the mean of it all."""
        table, actors = self.shared.table, len(then.flows)
        before, last = table.before, self.rules.horizon_months + MONTHS_AFTER
        end = np.where(collapse > 0, np.minimum(month + 1 + 12 * collapse, last), last)
        war_again = np.where(agreed, end, month + 1)
        frozen = before[last] - before[war_again]
        peace = table.worth[then.signed].T * (before[war_again] - before[month + 1])
        war = frozen * self.shared.in_force(then.level, slice(0, actors)).T
        hardship = table.discount[: month + 1] @ table.weariness[: month + 1]
        sums = then.flows + peace + war
        sums[:2] -= then.cost * (hardship + frozen * table.weariness[month])
        sums[DEFENDER] -= frozen * agreed * self.world.defender.break_loss
        return sums / before[last]


class Season:
    """What offers are judged by: a row for each number, a column for each replication."""

    def __init__(self, shared, numbers):
        self.shared, self.numbers = shared, numbers
        (
            self.audience, self.our_forecast, self.their_forecast, self.our_war, self.their_war,
            self.our_mean_war, self.their_mean_war, self.our_log, self.their_log,
            self.our_per_sd, self.their_per_sd, self.low, self.middle, self.high,
            self.trust, self.believed,
        ) = numbers[:, :, None]

    def of(self, which):
        return Season(self.shared, self.numbers[:, which])

    def durability(self, offers, read):
        """On the public belief about the challenger's intent and cost."""
        shared = self.shared
        grievance = STEPS * shared.grievance[offers]
        off = self.trust * shared.deterred[offers]
        settler = shared.world.rules.compliance_settler_grievance

        def mean(place):
            low, middle, high = (
                read(shared.durability, place + cost) for cost in (self.low, self.middle, self.high)
            )
            return low + 4.0 * middle + high

        hard, soft = mean(grievance - off), mean(settler * grievance - off)
        return (soft + self.believed * (hard - soft)) / 6.0

    def fear(self, offers, read):
        """The defender's premium."""
        return self.shared.world.defender.break_loss * (1.0 / self.durability(offers, read) - 1.0)

    def our_worth(self, offers):
        worth = self.shared.ours[offers]
        return worth - self.audience * (1.0 - worth)

    def chance(self, lacking, log, per_sd):
        """That a side accepts offers that lack so much before its cost, on public beliefs."""
        z = (np.log(np.maximum(lacking, 1e-300)) - log) * per_sd
        place = np.clip(z, HEAD, TAIL)
        return nearest(self.shared.tail, (place - HEAD) * STEPS)

    def values(self, proposer, offers):
        """Of offers to a proposer, or less than 0 by what is missing to that."""
        ours, theirs = self.our_worth(offers), self.shared.theirs[offers]
        fear = self.fear(offers, nearest)
        if proposer == CHALLENGER:
            gain = ours - self.our_war
            lacking = self.their_forecast - theirs + fear
            chance = self.chance(lacking, self.their_log, self.their_per_sd)
        elif proposer == DEFENDER:
            gain = theirs - fear - self.their_war
            chance = self.chance(self.our_forecast - ours, self.our_log, self.our_per_sd)
        else:
            ours, theirs = ours - self.our_mean_war, theirs - fear - self.their_mean_war
            gain = np.minimum(ours, theirs)
            return np.where(gain > 0.0, np.sqrt(np.abs(ours * theirs)), gain)
        return np.where(gain > 0.0, gain * chance, gain)

    def gains(self, offer):
        """Of both sides by one offer in each replication, and the defender's premium."""
        offers = offer[:, None]
        fear = self.fear(offers, between)
        ours = self.our_worth(offers) - self.our_war
        theirs = self.shared.theirs[offers] - fear - self.their_war
        return ours[:, 0], theirs[:, 0], fear[:, 0]


def nearest(table, place):
    return table.take((place + 0.5).astype(np.int32), mode="clip")


def between(table, place):
    place = np.maximum(place, 0.0)
    cell = place.astype(np.int32)
    return table[cell] + (place - cell) * (table[cell + 1] - table[cell])


def search(shared, season, proposer):
    """The offer of the greatest value found in each replication, and that value."""
    values = season.values(proposer, shared.coarse.reshape(1, -1))
    values = values.reshape(-1, *shared.coarse.shape)
    tops = values.max(axis=2)
    best = tops.max(axis=1)
    share = -SHORT if proposer == MEDIATOR else NEAR * best
    floor = np.where(best > 0.0, share, best - SHORT)
    found = np.full(len(best), -1)
    for row, first in enumerate(shared.firsts):
        near = np.flatnonzero(tops[:, row] >= floor)
        centre = STRIDE * values[near, row].argmax(axis=1)
        offers = first + np.clip(centre[:, None] + AROUND, 0, shared.row - 1)
        closer = season.of(near).values(proposer, offers)
        place = closer.argmax(axis=1)
        value = closer[np.arange(len(near)), place]
        better = (value > best[near]) | ((found[near] < 0) & (value >= best[near]))
        found[near[better]] = offers[better, place[better]]
        best[near[better]] = value[better]
    return found, best
