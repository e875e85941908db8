"""The model in Mesa with all that replications share tabulated, and luck drawn in bulk.

The coalition is one agent with a place in arrays for each member. Terms in force and durability are
read from tables, durability only of offers that promise a gain, and the books are closed once for all
months.
"""

import math

import mesa
import numpy as np
from scipy.special import ndtr

from . import outcome, tables
from .outcome import (
    AGREED, AUDIENCE, BELIEF, BY_BOTH, BY_CHALLENGER, BY_COALITION, BY_DEFENDER, CAUSES, COLLAPSE,
    DURABLE, FIRST_ACTOR, FIRST_CAUSE, FIRST_SURVIVAL, HELD, MONTH, MONTHS_OPEN, NOTHING_OFFERED,
    NO_TALKS, OFFER, OFFERS_MADE, SUPPORT, SURVIVAL_YEARS, UNITY, VOTES,
)
from .tables import DURABILITY_LOW, DURABILITY_STEPS, FRONT_REACH, FRONT_STEPS
from .world import CHALLENGER, DEFENDER, MONTHS_AFTER, NODE_WEIGHTS, NODES, YEARS



def prepare(world):
    if world.challenger.break_loss != 0.0 or world.rules.mediator_weight != 0.5:
        raise NotImplementedError("only v_R = 0 and a mediator without favourite")
    return Shared(world)


def play(shared, count, seed):
    """Outcomes of so many replications."""
    outcomes = outcome.blank(count, 2 + len(shared.world.members.weight))
    luck = np.random.default_rng(seed)
    for replication in range(count):
        model = Peace(shared, luck)
        model.run_model()
        model.report(outcomes[replication])
        mesa.Agent._ids.pop(model)  # or Mesa keeps every model for good
    return outcomes


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


class Shared:
    """What all replications share, laid out for reading."""

    def __init__(self, world):
        self.world = world
        self.table = table = tables.build(world)
        self.ours, self.theirs, grievance, self.deterred = (
            np.ascontiguousarray(column) * scale
            for column, scale in zip(table.stakes.T, (1.0, 1.0, DURABILITY_STEPS, DURABILITY_STEPS))
        )
        settler = world.rules.compliance_settler_grievance
        start = world.rules.compliance_base + world.rules.compliance_fragility - DURABILITY_LOW
        minds = np.array([settler, 1.0])[:, None, None]
        self.places = start * DURABILITY_STEPS + minds * grievance  # of both types
        self.grievance = 1.0 - self.ours
        self.rises = np.diff(table.durability)
        self.sides = table.in_force[:, :2].T.tolist()
        self.weariness = table.weariness.tolist()
        self.optimism = table.optimism.tolist()
        self.belief_sd = table.belief_sd.tolist()
        self.trust = table.trust.tolist()
        members = world.members
        months = np.arange(world.rules.horizon_months)[:, None]
        self.stance = members.support - members.fatigue * months / 12.0  # by month

    def front_place(self, level):
        """Where a front lies in the table of the terms in force."""
        place = (level - self.world.status_quo.start + FRONT_REACH) * FRONT_STEPS
        return min(max(place, 0.0), 2.0 * FRONT_REACH * FRONT_STEPS)

    def forecast(self, side, level):
        """Utility of the terms in force to a side at war."""
        place = self.front_place(level)
        cell = int(place)
        here, there = self.sides[side][cell : cell + 2]
        return here + (place - cell) * (there - here)

    def consulted_in_force(self, level):
        """The same to each member after consultation."""
        place = self.front_place(level)
        cell = int(place)
        here, there = self.table.in_force[cell : cell + 2, 2 + len(self.world.members.weight) :]
        return here + (place - cell) * (there - here)


class Belligerent(mesa.Agent):
    """A side at war; `belief_mean` is what everybody else thinks about the logarithm of its cost."""

    def __init__(self, model, place, side, luck):
        super().__init__(model)
        self.place = place
        self.lean = side.lean
        self.log_cost = side.cost_log_median + side.cost_log_sd * luck
        self.cost = math.exp(self.log_cost)
        self.belief_mean = side.cost_log_median
        self.belief_sd = side.cost_log_sd

    def reveal(self, lesson, luck):
        """Channels tell the others about its cost."""
        shared = self.model.shared
        signal = self.log_cost + shared.table.signal_sd * luck
        self.belief_mean += shared.trust[lesson][self.place] * (signal - self.belief_mean)
        self.belief_sd = shared.belief_sd[lesson + 1][self.place]

    def look_ahead(self, forecast, weary):
        self.forecast = forecast
        self.weary = weary
        self.war = forecast - self.cost * weary

    def mean_war(self):
        """The value of fighting on as others judge it."""
        return self.forecast - math.exp(self.belief_mean + self.belief_sd**2 / 2.0) * self.weary

    def chance(self, lacking):
        """That it accepts offers that lack so much before its cost, on public beliefs."""
        log = np.log(np.maximum(lacking, 1e-300))
        return ndtr((self.belief_mean + math.log(self.weary) - log) / self.belief_sd)


class Challenger(Belligerent):
    """The side that may be a revisionist, speaks in public and may break what it signs."""

    def __init__(self, model, side, luck, revisionist):
        super().__init__(model, CHALLENGER, side, luck)
        rules = model.rules
        self.revisionist = revisionist
        self.mind = 1.0 if revisionist else rules.compliance_settler_grievance
        lean = 0.5 if revisionist else -0.5
        self.tone = rules.signalling + lean * rules.rhetoric_separation
        self.rhetoric = rules.signalling
        self.audience = 0.5 * max(rules.signalling, 0.0)

    def speak(self, luck):
        rules = self.model.rules
        self.rhetoric = self.tone + rules.rhetoric_noise * luck
        loud = max(self.rhetoric, 0.0)
        self.audience += (1.0 - rules.audience_persistence) * (loud - self.audience)

    def worth(self):
        shared = self.model.shared
        return shared.ours - self.model.rules.audience_cost * self.audience * shared.grievance

    def promises(self):
        """What it gains by each offer."""
        return self.worth() - self.war

    def values(self, promises, at, fears):
        """Chance times gain of some offers, given what they promise and the defender's premium."""
        defender = self.model.defender
        return promises * defender.chance(defender.forecast - self.model.shared.theirs[at] + fears)

    def accepts(self, offer, luck):
        rules, worth = self.model.rules, self.model.shared.ours[offer]
        gain = worth - rules.audience_cost * self.audience * (1.0 - worth) - self.war
        return luck < logistic(gain / rules.quantal_noise)


class Defender(Belligerent):
    """The side that the coalition backs."""

    def promises(self):
        """What it gains by each offer before its premium."""
        return self.model.shared.theirs - self.war

    def values(self, promises, at, fears):
        """Chance times gain of some offers."""
        challenger = self.model.challenger
        lacking = challenger.forecast - challenger.worth()[at]
        return (promises - fears) * challenger.chance(lacking)

    def accepts(self, offer, fear, luck):
        gain = self.model.shared.theirs[offer] - fear - self.war
        return luck < logistic(gain / self.model.rules.quantal_noise)


class Mediator(mesa.Agent):
    """Proposes what the Nash product of gains is greatest at."""

    def promises(self):
        """The lesser gain by each offer before premiums."""
        challenger, defender = self.model.challenger, self.model.defender
        self.ours = challenger.worth() - challenger.mean_war()
        self.theirs = self.model.shared.theirs - defender.mean_war()
        return np.minimum(self.ours, self.theirs)

    def values(self, promises, at, fears):
        """Products of gains of some offers; their root would not change the choice."""
        return self.ours[at] * np.maximum(self.theirs[at] - fears, 0.0)


class Coalition(mesa.Agent):
    """All members, a place in each array for each."""

    def __init__(self, model):
        super().__init__(model)
        self.members = model.world.members
        self.unity = model.rules.unity
        self.support = model.rules.coalition_initial_support
        self.in_favour = np.zeros(len(self.members.weight))
        self.votes = 0

    def drift(self, luck):
        rules = self.model.rules
        reversion = rules.coalition_reversion * (rules.unity - self.unity)
        self.unity = min(max(self.unity + reversion + rules.coalition_volatility * luck, 0.0), 1.0)

    def gather_support(self, month, rhetoric, luck):
        """The likelier for each member the more others support (Brock and Durlauf 2001); luck is
        in log-odds."""
        rules = self.model.rules
        pull = rules.coalition_interaction * self.unity * (2.0 * self.support - 1.0)
        readiness = self.model.shared.stance[month] + self.members.rally * rhetoric
        supporting = float(self.members.weight @ (luck < readiness + pull))
        self.support += (1.0 - rules.coalition_inertia) * (supporting - self.support)

    def endorses(self, offer, level, fear):
        """Members vote alone, then perhaps as one."""
        model, rules = self.model, self.model.rules
        size = len(self.members.weight)
        luck = model.luck.random(size + 1)
        gain = model.shared.table.consulted[offer] - model.shared.consulted_in_force(level)
        gain += rules.coalition_backing - rules.coalition_premium_weight * fear
        in_favour = luck[:size] * (1.0 + np.exp(gain / -rules.endorsement_noise)) < 1.0
        self.in_favour += in_favour
        self.votes += 1
        rounding = 1e-12
        share = float(self.members.weight @ in_favour)
        if luck[size] < self.unity:
            share = 1.0 if share >= 0.5 - rounding else 0.0
        return share >= rules.coalition_quota - rounding


class Peace(mesa.Model):
    """One replication."""

    def __init__(self, shared, luck):
        super().__init__(rng=luck)
        self.shared, self.luck = shared, luck
        self.world = world = shared.world
        self.rules = rules = world.rules
        normals = luck.standard_normal((rules.horizon_months + 1, 5))
        members = luck.random((rules.horizon_months, len(world.members.weight)))
        self.leanings = np.log(members / (1.0 - members))
        self.lots = luck.random((rules.horizon_months + 1, 5)).tolist()
        *self.normals, costs = normals.tolist()
        revisionist = self.lots[-1][0] < rules.revisionist_prior
        self.challenger = Challenger(self, world.challenger, costs[0], revisionist)
        self.defender = Defender(self, DEFENDER, world.defender, costs[1])
        self.mediator = Mediator(self)
        self.coalition = Coalition(self)
        self.level = world.status_quo.start
        self.prior = math.log(rules.revisionist_prior / (1.0 - rules.revisionist_prior))
        self.log_odds = self.prior
        self.norm = rules.rhetoric_norm
        self.open = rules.talks_open_at_start
        self.signed = None
        self.months_open = self.offers_made = 0
        self.levels, self.unities, self.supports = [], [], []
        self.causes = [0] * len(CAUSES)

    def step(self):
        """One month."""
        month = self.steps - 1
        shocks, lots = self.normals[month], self.lots[month]
        coalition, challenger = self.coalition, self.challenger
        coalition.drift(shocks[0])
        coalition.gather_support(month, challenger.rhetoric, self.leanings[month])
        drift = self.move_front(shocks[1])
        challenger.speak(shocks[2])
        self.hear()
        self.levels.append(self.level)
        self.unities.append(coalition.unity)
        self.supports.append(coalition.support)
        cause = NO_TALKS
        if self.open or lots[0] < self.rules.talks_reopen:
            self.open = True
            if self.rules.channels:
                challenger.reveal(self.months_open, shocks[3])
                self.defender.reveal(self.months_open, shocks[4])
            self.months_open += 1
            cause = self.bargain(month, drift, lots)
            if cause is None:
                self.running = False
                return
            self.open = lots[4] >= self.break_off_chance()
        self.causes[cause] += 1
        self.running = self.steps < self.rules.horizon_months

    def move_front(self, luck):
        rules = self.rules
        aid = rules.front_aid * self.coalition.support
        if self.open:
            aid *= 1.0 - rules.front_withheld_aid
        balance = rules.front_challenger_force / (rules.front_defender_force + aid)
        drift = rules.front_responsiveness * math.log(balance)
        self.level += drift + rules.front_volatility * luck
        if self.open and self.challenger.revisionist:
            self.level += rules.front_talk_leverage
        return drift

    def hear(self):
        """What public words say about intent; then the norm wears in."""
        rules = self.rules
        surprise = self.challenger.rhetoric - self.norm
        evidence = rules.rhetoric_credence * rules.rhetoric_separation * surprise
        self.log_odds += rules.rhetoric_forgetting * (self.prior - self.log_odds)
        self.log_odds += evidence / rules.rhetoric_noise**2
        self.norm += rules.rhetoric_norm_adaptation * surprise

    def break_off_chance(self):
        loud = max(self.challenger.rhetoric, 0.0)
        return self.rules.talks_break_off + self.rules.talks_break_off_rhetoric * loud

    def bargain(self, month, drift, lots):
        """The cause why nothing was signed, or nothing."""
        challenger, defender = self.challenger, self.defender
        self.look_ahead(month, drift)
        proposer = self.draw_proposer(lots[1])
        offer, fear = self.propose(proposer)
        if offer is None:
            return NOTHING_OFFERED
        self.offers_made += 1
        ours = proposer is challenger or challenger.accepts(offer, lots[2])
        theirs = proposer is defender or defender.accepts(offer, fear, lots[3])
        if not ours:
            return BY_CHALLENGER if theirs else BY_BOTH
        if not theirs:
            return BY_DEFENDER
        if not self.coalition.endorses(offer, self.level, fear):
            return BY_COALITION
        self.signed = offer
        return None

    def propose(self, proposer):
        """The offer of greatest value above 0, or nothing, and the defender's premium for it."""
        promises = proposer.promises()
        at = np.flatnonzero(promises > 0.0)
        if len(at) == 0:
            return None, 0.0
        fears = self.world.defender.break_loss * (1.0 / self.public_durability(at) - 1.0)
        values = proposer.values(promises[at], at, fears)
        best = values.argmax()
        return (int(at[best]) if values[best] > 0.0 else None), float(fears[best])

    def draw_proposer(self, lot):
        if lot < self.rules.recognition_challenger:
            return self.challenger
        if lot < self.rules.recognition_challenger + self.rules.recognition_defender:
            return self.defender
        return self.mediator

    def look_ahead(self, month, drift):
        """What both sides expect of fighting on."""
        ahead = self.level + self.rules.planning_months * drift
        optimism = self.shared.optimism[month]
        for side in (self.challenger, self.defender):
            forecast = self.shared.forecast(side.place, ahead + side.lean * optimism)
            side.look_ahead(forecast, self.shared.weariness[month])

    def public_durability(self, at):
        """Of some offers, on the public belief about the challenger's intent and cost."""
        shared, rules, coalition, side = self.shared, self.rules, self.coalition, self.challenger
        trust = coalition.unity + rules.compliance_naivety * (coalition.support - coalition.unity)
        costs = np.exp(side.belief_mean + side.belief_sd * NODES)[:, None]
        places = shared.places.take(at, axis=2) - trust * shared.deterred.take(at)
        places = places - costs * (rules.compliance_slope * DURABILITY_STEPS)
        np.maximum(places, 0.0, out=places)
        cells = places.astype(np.int32)
        held = shared.table.durability.take(cells) + (places - cells) * shared.rises.take(cells)
        believed = logistic(self.log_odds)
        soft, hard = NODE_WEIGHTS @ held
        return soft + believed * (hard - soft)

    def play_out(self):
        """Survival at the end of each year after signature, and the drawn year of a break, or 0."""
        rules, table, challenger = self.rules, self.shared.table, self.challenger
        shocks = self.luck.standard_normal((YEARS, 2)).tolist()
        grievance = challenger.mind * (1.0 - float(self.shared.ours[self.signed]))
        deterred = float(table.stakes[self.signed, 3])
        credibility, walk, strains = self.coalition.support, grievance - challenger.cost, []
        for shock in shocks:
            strains.append(rules.compliance_slope * walk - deterred * credibility)
            reversion = rules.compliance_credibility_reversion * (rules.unity - credibility)
            moved = credibility + reversion + rules.compliance_credibility_volatility * shock[0]
            credibility = min(max(moved, 0.0), 1.0)
            walk += rules.compliance_power_volatility * shock[1]
        hold = 1.0 / (1.0 + np.exp(table.fragile[:YEARS] + strains))
        survival = np.cumprod(hold * (1.0 - rules.compliance_accidents))
        breaks = survival <= self.luck.random()
        return survival, int(breaks.argmax()) + 1 if breaks[-1] else 0

    def close_books(self, collapse):
        """War month by month, peace until the agreement breaks, and war as it was from then on."""
        table, before = self.shared.table, self.shared.table.before
        last = self.rules.horizon_months + MONTHS_AFTER
        war_again = self.steps
        if self.signed is not None:
            war_again = min(self.steps + 12 * collapse, last) if collapse else last
        weights = table.discount[: self.steps].copy()
        frozen = before[last] - before[war_again]
        weights[-1] += frozen
        places = np.array([self.shared.front_place(level) for level in self.levels])
        cell = places.astype(int)
        actors = len(self.world.members.weight) + 2
        part = weights * (places - cell)
        sums = (weights - part) @ table.in_force[cell, :actors]
        sums += part @ table.in_force[cell + 1, :actors]
        costs = np.array([self.challenger.cost, self.defender.cost])
        sums[:2] -= costs * (weights @ table.weariness[: self.steps])
        if self.signed is not None:
            sums += (before[war_again] - before[self.steps]) * table.worth[self.signed]
            sums[DEFENDER] -= frozen * self.world.defender.break_loss
        return sums / before[last]

    def report(self, out):
        """Plays out what was signed, closes the books, and fills in a row of outcomes."""
        out[MONTHS_OPEN] = self.months_open
        out[HELD] = logistic(self.level)
        out[BELIEF] = logistic(self.log_odds)
        out[AUDIENCE] = self.challenger.audience
        out[UNITY] = sum(self.unities) / self.steps
        out[SUPPORT] = sum(self.supports) / self.steps
        out[OFFERS_MADE] = self.offers_made
        out[VOTES] = self.coalition.votes
        out[FIRST_CAUSE : FIRST_CAUSE + len(CAUSES)] = self.causes
        collapse = 0
        if self.signed is not None:
            survival, collapse = self.play_out()
            out[AGREED] = 1.0
            out[MONTH] = self.steps
            out[OFFER] = self.signed
            out[COLLAPSE] = collapse
            out[DURABLE] = survival[self.rules.durable_after_years - 1]
            out[FIRST_SURVIVAL : FIRST_SURVIVAL + len(SURVIVAL_YEARS)] = survival[SURVIVAL_YEARS - 1]
        payoffs = self.close_books(collapse)
        out[FIRST_ACTOR : FIRST_ACTOR + len(payoffs)] = payoffs
        out[FIRST_ACTOR + len(payoffs) :] = self.coalition.in_favour
