"""The model in NumPy: a block of replications advances month by month, offers in a second axis."""

import numpy as np
from scipy.special import ndtr

from . import outcome
from .outcome import (
    AGREED, AUDIENCE, BELIEF, BY_BOTH, BY_CHALLENGER, BY_COALITION, BY_DEFENDER, COLLAPSE, DURABLE,
    FIRST_ACTOR, FIRST_CAUSE, FIRST_SURVIVAL, HELD, MONTH, MONTHS_OPEN, NOTHING_OFFERED, NO_TALKS,
    OFFER, OFFERS_MADE, SUPPORT, SURVIVAL_YEARS, UNITY, VOTES,
)
from .world import (
    CHALLENGER, DEFENDER, MEDIATOR, MONTHS_AFTER, NODE_WEIGHTS, NODES, YEARS, logistic, logit,
    terms_in_force, utility,
)

BLOCK = 500


def play(world, count, seed):
    """Outcomes of so many replications."""
    outcomes = outcome.blank(count, 2 + len(world.members.weight))
    luck = np.random.default_rng(seed)
    for first in range(0, count, BLOCK):
        Block(world, luck, outcomes[first : first + BLOCK]).play()
    return outcomes


def durability(world, argument):
    """Discounted share of the future in which agreements hold, where σ(argument) is the first
    year's hazard; the last foreseen year's hazard stays."""
    rules = world.rules
    total, weight, alive, hold = 0.0, 1.0, 1.0, 1.0
    for relief in world.relief:
        total = total + weight * alive
        hold = (1.0 - rules.compliance_accidents) / (1.0 + np.exp(argument - relief))
        alive = alive * hold
        weight *= rules.discount
    total = total + weight * alive / (1.0 - rules.discount * hold)
    return (1.0 - rules.discount) * total


def premium(break_loss, durability):
    return break_loss * (1.0 - durability) / durability


def side_utility(side, terms):
    return utility(terms, side.ideal, side.salience, side.curvature)


def member_utilities(members, ideal, terms):
    """One row for each row of terms, one column for each member."""
    gaps = np.abs(terms[:, None, :] - ideal) ** members.curvature[:, None]
    return 1.0 - (members.salience * gaps).sum(axis=2)


class Block:
    """Replications that are played together. Where `at` is handed over, it says which."""

    def __init__(self, world, luck, out):
        rules, count = world.rules, len(out)
        self.world, self.rules, self.luck, self.out = world, rules, luck, out
        sides = (world.challenger, world.defender)
        medians = np.array([side.cost_log_median for side in sides])
        sds = np.array([side.cost_log_sd for side in sides])
        self.log_cost = medians + sds * luck.standard_normal((count, 2))
        self.cost = np.exp(self.log_cost)
        self.belief_mean = np.tile(medians, (count, 1))
        self.belief_sd = np.tile(sds, (count, 1))
        self.revisionist = luck.random(count) < rules.revisionist_prior
        self.mind = np.where(self.revisionist, 1.0, rules.compliance_settler_grievance)
        self.unity = np.full(count, rules.unity)
        self.support = np.full(count, rules.coalition_initial_support)
        self.level = np.full(count, logit(rules.front_held))
        self.rhetoric = np.full(count, rules.signalling)
        self.norm = np.full(count, rules.rhetoric_norm)
        self.log_odds = np.full(count, logit(rules.revisionist_prior))
        self.audience = np.full(count, 0.5 * max(rules.signalling, 0.0))
        self.open = np.full(count, rules.talks_open_at_start)
        self.drift = np.zeros(count)
        self.month = np.zeros(count, int)
        self.signed = np.full(count, -1)
        self.payoffs = np.zeros((count, 2 + len(world.members.weight)))

    def play(self):
        for month in range(self.rules.horizon_months):
            at = np.flatnonzero(self.signed < 0)
            if len(at) == 0:
                break
            self.month[at] = month
            self.move_unity(at)
            self.gather_support(at)
            self.move_front(at)
            self.speak(at)
            self.book_fighting(at, self.discount(month))
            self.talk(at)
        self.report()

    def move_unity(self, at):
        rules = self.rules
        reversion = rules.coalition_reversion * (rules.unity - self.unity[at])
        shock = rules.coalition_volatility * self.luck.standard_normal(len(at))
        self.unity[at] = np.clip(self.unity[at] + reversion + shock, 0.0, 1.0)
        self.out[at, UNITY] += self.unity[at]

    def gather_support(self, at):
        """The likelier for each member the more others support (Brock and Durlauf 2001)."""
        rules, members = self.rules, self.world.members
        pull = rules.coalition_interaction * self.unity[at] * (2.0 * self.support[at] - 1.0)
        readiness = (
            members.support
            + pull[:, None]
            - members.fatigue * self.month[at, None] / 12.0
            + members.rally * self.rhetoric[at, None]
        )
        supporting = (self.luck.random(readiness.shape) < logistic(readiness)) @ members.weight
        inertia = rules.coalition_inertia
        self.support[at] = inertia * self.support[at] + (1.0 - inertia) * supporting
        self.out[at, SUPPORT] += self.support[at]

    def move_front(self, at):
        rules = self.rules
        aid = rules.front_aid * self.support[at]
        aid *= np.where(self.open[at], 1.0 - rules.front_withheld_aid, 1.0)
        balance = rules.front_challenger_force / (rules.front_defender_force + aid)
        self.drift[at] = rules.front_responsiveness * np.log(balance)
        leverage = rules.front_talk_leverage * (self.open[at] & self.revisionist[at])
        shock = rules.front_volatility * self.luck.standard_normal(len(at))
        self.level[at] += self.drift[at] + leverage + shock

    def speak(self, at):
        """Public words, what they say about intent, and the audience that holds to them."""
        rules = self.rules
        lean = np.where(self.revisionist[at], 0.5, -0.5) * rules.rhetoric_separation
        shock = rules.rhetoric_noise * self.luck.standard_normal(len(at))
        self.rhetoric[at] = rules.signalling + lean + shock
        surprise = self.rhetoric[at] - self.norm[at]
        evidence = rules.rhetoric_credence * rules.rhetoric_separation * surprise
        self.log_odds[at] = (
            (1.0 - rules.rhetoric_forgetting) * self.log_odds[at]
            + rules.rhetoric_forgetting * logit(rules.revisionist_prior)
            + evidence / rules.rhetoric_noise**2
        )
        self.norm[at] += rules.rhetoric_norm_adaptation * surprise
        persistence = rules.audience_persistence
        loud = np.maximum(self.rhetoric[at], 0.0)
        self.audience[at] = persistence * self.audience[at] + (1.0 - persistence) * loud

    def talk(self, at):
        rules = self.rules
        reopened = self.luck.random(len(at)) < rules.talks_reopen
        talking = self.open[at] | reopened
        self.out[at[~talking], FIRST_CAUSE + NO_TALKS] += 1.0
        at = at[talking]
        if len(at) == 0:
            return
        self.open[at] = True
        self.out[at, MONTHS_OPEN] += 1.0
        self.listen(at)
        self.bargain(at)
        unsigned = at[self.signed[at] < 0]
        loud = np.maximum(self.rhetoric[unsigned], 0.0)
        chance = rules.talks_break_off + rules.talks_break_off_rhetoric * loud
        self.open[unsigned] = self.luck.random(len(unsigned)) >= chance

    def listen(self, at):
        """Channels tell about both costs; beliefs are conjugate normal."""
        rules = self.rules
        if rules.channels == 0.0:
            return
        variance = rules.channel_noise**2 / rules.channels
        noise = np.sqrt(variance) * self.luck.standard_normal((len(at), 2))
        prior = self.belief_sd[at] ** 2
        trust = prior / (prior + variance)
        self.belief_mean[at] += trust * (self.log_cost[at] + noise - self.belief_mean[at])
        self.belief_sd[at] = np.sqrt(prior * (1.0 - trust))

    def bargain(self, at):
        proposer = self.draw_proposers(at)
        for who in (CHALLENGER, DEFENDER, MEDIATOR):
            self.offer(who, at[proposer == who])

    def offer(self, proposer, at):
        """One proposer offers where it leads the talks."""
        table = Table(self, at)
        values = table.values(proposer)
        offer = values.argmax(axis=1)
        offered = values[np.arange(len(at)), offer] > 0.0
        self.out[at[~offered], FIRST_CAUSE + NOTHING_OFFERED] += 1.0
        self.out[at[offered], OFFERS_MADE] += 1.0
        self.answer(proposer, at[offered], table, np.flatnonzero(offered), offer[offered])

    def draw_proposers(self, at):
        rules, lot = self.rules, self.luck.random(len(at))
        two = rules.recognition_challenger + rules.recognition_defender
        first = np.where(lot < rules.recognition_challenger, CHALLENGER, DEFENDER)
        return np.where(lot < two, first, MEDIATOR)

    def answer(self, proposer, at, table, place, offer):
        """Answers of those who did not propose, and the vote."""
        noise = self.rules.quantal_noise
        ours = self.luck.random(len(at)) < logistic(table.challenger_gain(place, offer) / noise)
        theirs = self.luck.random(len(at)) < logistic(table.defender_gain(place, offer) / noise)
        ours |= proposer == CHALLENGER
        theirs |= proposer == DEFENDER
        for refused, cause in (
            (~ours & theirs, BY_CHALLENGER),
            (ours & ~theirs, BY_DEFENDER),
            (~ours & ~theirs, BY_BOTH),
        ):
            self.out[at[refused], FIRST_CAUSE + cause] += 1.0
        agreed = ours & theirs
        at, offer = at[agreed], offer[agreed]
        endorsed = self.endorse(at, offer, table.fear(place[agreed], offer))
        self.out[at[~endorsed], FIRST_CAUSE + BY_COALITION] += 1.0
        self.signed[at[endorsed]] = offer[endorsed]

    def endorse(self, at, offer, fear):
        """Members vote alone, then perhaps as one."""
        rules, members = self.rules, self.world.members
        in_force = terms_in_force(self.world.status_quo, self.level[at])
        gain = member_utilities(members, members.consulted, self.world.offers.terms[offer])
        gain -= member_utilities(members, members.consulted, in_force)
        gain += rules.coalition_backing - rules.coalition_premium_weight * fear[:, None]
        in_favour = self.luck.random(gain.shape) < logistic(gain / rules.endorsement_noise)
        self.out[at, VOTES] += 1.0
        self.out[at, FIRST_ACTOR + 2 + len(members.weight) :] += in_favour
        rounding = 1e-12
        share = in_favour @ members.weight
        as_one = self.luck.random(len(at)) < self.unity[at]
        share = np.where(as_one, share >= 0.5 - rounding, share)
        return share >= rules.coalition_quota - rounding

    def weariness(self, at):
        return 1.0 + self.rules.weariness * self.month[at] / 12.0

    def discount(self, month):
        return self.rules.discount ** (month / 12.0)

    def months_weight(self, start, end):
        """The discounted weight of months from `start` up to `end`."""
        monthly = self.rules.discount ** (1.0 / 12.0)
        return (self.discount(start) - self.discount(end)) / (1.0 - monthly)

    def utilities(self, terms):
        """Of terms to all actors."""
        world = self.world
        sides = [side_utility(side, terms) for side in (world.challenger, world.defender)]
        return np.column_stack([*sides, member_utilities(world.members, world.members.ideal, terms)])

    def book_fighting(self, at, weight):
        """Adds so much of a month's war to what everybody has had."""
        flows = self.utilities(terms_in_force(self.world.status_quo, self.level[at]))
        flows[:, :2] -= self.cost[at] * self.weariness(at)[:, None]
        self.payoffs[at] += np.reshape(weight, (-1, 1)) * flows

    def play_out(self, at):
        """Survival at the end of each year after signature, and the drawn year of a break, or 0."""
        rules, offers, signed = self.rules, self.world.offers, self.signed[at]
        strain = self.mind[at] * (1.0 - offers.challenger[signed]) - self.cost[at, CHALLENGER]
        credibility, walk, alive = self.support[at], np.zeros(len(at)), np.ones(len(at))
        survival = np.empty((len(at), YEARS))
        for year in range(YEARS):
            deterred = rules.compliance_deterrence * offers.guarantee[signed] * credibility
            fading = np.exp(-year / rules.compliance_fragility_years)
            log_odds = rules.compliance_base + rules.compliance_fragility * fading
            broken = logistic(log_odds + rules.compliance_slope * (strain - deterred + walk))
            alive = alive * (1.0 - broken) * (1.0 - rules.compliance_accidents)
            survival[:, year] = alive
            reversion = rules.compliance_credibility_reversion * (rules.unity - credibility)
            shocks = self.luck.standard_normal((2, len(at)))
            moved = credibility + reversion + rules.compliance_credibility_volatility * shocks[0]
            credibility = np.clip(moved, 0.0, 1.0)
            walk += rules.compliance_power_volatility * shocks[1]
        broken = self.luck.random(len(at))[:, None] >= survival
        return survival, np.where(broken.any(axis=1), broken.argmax(axis=1) + 1, 0)

    def close_books(self, collapse):
        """Peace until agreements break, war as it was from then on, and the mean of it all."""
        world, agreed = self.world, self.signed >= 0
        last = self.rules.horizon_months + MONTHS_AFTER
        start = self.month + 1
        end = np.where(collapse > 0, np.minimum(start + 12 * collapse, last), last)
        war_again = np.where(agreed, end, start)
        peace = self.utilities(world.offers.terms[self.signed])
        self.payoffs += self.months_weight(start, war_again)[:, None] * peace
        frozen = self.months_weight(war_again, last)
        self.book_fighting(np.arange(len(agreed)), frozen)
        losses = np.array([world.challenger.break_loss, world.defender.break_loss])
        self.payoffs[:, :2] -= (frozen * agreed)[:, None] * losses
        return self.payoffs / self.months_weight(0, last)

    def report(self):
        """Plays out what was signed, closes the books, and fills in the outcomes."""
        out = self.out
        months = self.month + 1.0
        out[:, UNITY] /= months
        out[:, SUPPORT] /= months
        out[:, HELD] = logistic(self.level)
        out[:, BELIEF] = logistic(self.log_odds)
        out[:, AUDIENCE] = self.audience
        at = np.flatnonzero(self.signed >= 0)
        survival, collapse = self.play_out(at)
        out[at, AGREED] = 1.0
        out[at, MONTH] = months[at]
        out[at, OFFER] = self.signed[at]
        out[at, COLLAPSE] = collapse
        out[at, DURABLE] = survival[:, self.rules.durable_after_years - 1]
        places = FIRST_SURVIVAL + np.arange(len(SURVIVAL_YEARS))
        out[at[:, None], places] = survival[:, SURVIVAL_YEARS - 1]
        actors = self.payoffs.shape[1]
        payoffs = self.close_books(out[:, COLLAPSE])
        out[:, FIRST_ACTOR : FIRST_ACTOR + actors] = payoffs


class Table:
    """What offers are worth in a month of talks: a row for each replication, a column for each."""

    def __init__(self, block, at):
        self.world, self.rules = block.world, block.rules
        self.break_loss = (self.world.challenger.break_loss, self.world.defender.break_loss)
        self.mean, self.sd = block.belief_mean[at], block.belief_sd[at]
        self.mind, self.cost = block.mind[at], block.cost[at]
        self.weary = block.weariness(at)
        trust = self.rules.compliance_naivety * (block.support[at] - block.unity[at])
        self.trust = block.unity[at] + trust
        self.audience = self.rules.audience_cost * block.audience[at]
        self.durability = self.public_durability(logistic(block.log_odds[at]))
        ahead = block.level[at] + self.rules.planning_months * block.drift[at]
        optimism = np.exp(-block.month[at] / self.rules.optimism_fading_months)
        self.forecast = np.column_stack([
            side_utility(side, terms_in_force(self.world.status_quo, ahead + side.lean * optimism))
            for side in (self.world.challenger, self.world.defender)
        ])
        self.war = self.forecast - self.cost * self.weary[:, None]
        believed = np.exp(self.mean + self.sd**2 / 2.0)
        self.mean_war = self.forecast - believed * self.weary[:, None]

    def first_argument(self, mind, cost):
        """The log-odds of a break in the first year, as foreseen."""
        rules, offers = self.rules, self.world.offers
        deterred = rules.compliance_deterrence * self.trust[:, None] * offers.guarantee
        strain = mind * (1.0 - offers.challenger) - cost[:, None] - deterred
        return rules.compliance_base + rules.compliance_fragility + rules.compliance_slope * strain

    def public_durability(self, believed):
        """On the public belief about the challenger's intent and cost."""
        hard, soft = 0.0, 0.0
        for node, weight in zip(NODES, NODE_WEIGHTS):
            cost = np.exp(self.mean[:, CHALLENGER] + self.sd[:, CHALLENGER] * node)
            hard += weight * durability(self.world, self.first_argument(1.0, cost))
            mind = self.rules.compliance_settler_grievance
            soft += weight * durability(self.world, self.first_argument(mind, cost))
        return believed[:, None] * hard + (1.0 - believed[:, None]) * soft

    def own_premium(self):
        """The challenger's, which knows its own intent and cost."""
        if self.break_loss[CHALLENGER] == 0.0:
            return 0.0
        argument = self.first_argument(self.mind[:, None], self.cost[:, CHALLENGER])
        return premium(self.break_loss[CHALLENGER], durability(self.world, argument))

    def worth(self, side):
        """Of each offer, less what conceding costs the challenger before its audience."""
        offers = self.world.offers
        if side == DEFENDER:
            return np.broadcast_to(offers.defender, self.durability.shape)
        return offers.challenger - self.audience[:, None] * (1.0 - offers.challenger)

    def gains(self, side, fear, war):
        return self.worth(side) - fear - war[:, side, None]

    def public_premium(self, side):
        return premium(self.break_loss[side], self.durability)

    def chance(self, side):
        """That a side accepts, on public beliefs."""
        gap = self.forecast[:, side, None] - self.worth(side) + self.public_premium(side)
        share = np.maximum(gap, 1e-300) / self.weary[:, None]
        z = (self.mean[:, side, None] - np.log(share)) / self.sd[:, side, None]
        return np.where(gap > 0.0, ndtr(z), 1.0)

    def values(self, proposer):
        """Of each offer to a proposer."""
        if proposer == CHALLENGER:
            gains = self.gains(CHALLENGER, self.own_premium(), self.war)
            return gains * self.chance(DEFENDER)
        if proposer == DEFENDER:
            gains = self.gains(DEFENDER, self.public_premium(DEFENDER), self.war)
            return gains * self.chance(CHALLENGER)
        return self.nash_products()

    def nash_products(self):
        weight = self.rules.mediator_weight
        ours = self.gains(CHALLENGER, self.public_premium(CHALLENGER), self.mean_war)
        theirs = self.gains(DEFENDER, self.public_premium(DEFENDER), self.mean_war)
        both = np.maximum(ours, 0.0) ** weight * np.maximum(theirs, 0.0) ** (1.0 - weight)
        return np.where((ours > 0.0) & (theirs > 0.0), both, 0.0)

    def fear(self, place, offer):
        """The defender's premium."""
        return premium(self.break_loss[DEFENDER], self.durability[place, offer])

    def challenger_gain(self, place, offer):
        gains = self.gains(CHALLENGER, self.own_premium(), self.war)
        return gains[place, offer]

    def defender_gain(self, place, offer):
        worth = self.world.offers.defender[offer]
        return worth - self.fear(place, offer) - self.war[place, DEFENDER]
