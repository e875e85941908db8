"""The model in Mesa: an agent for each state and the mediator, a step for each month."""

import math

import mesa
import numpy as np
from scipy.special import ndtr

from . import outcome
from .outcome import (
    AGREED, AUDIENCE, BELIEF, CAUSES, COLLAPSE, DURABLE, FIRST_ACTOR, FIRST_CAUSE, FIRST_SURVIVAL,
    HELD, MONTH, MONTHS_OPEN, OFFER, OFFERS_MADE, SUPPORT, SURVIVAL_YEARS, UNITY, VOTES,
)
from .world import MONTHS_AFTER, NODE_WEIGHTS, NODES, YEARS, terms_in_force, utility


def play(world, count, seed):
    """Outcomes of so many replications."""
    outcomes = outcome.blank(count, 2 + len(world.members.weight))
    for replication in range(count):
        model = Peace(world, seed=seed * 1_000_003 + replication)
        model.run_model()
        model.report(outcomes[replication])
    return outcomes


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


def logit(share):
    return math.log(share / (1.0 - share))


def clip(x):
    return min(max(x, 0.0), 1.0)


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


class State(mesa.Agent):
    """Anyone who has a payoff."""

    def __init__(self, model, ideal, salience, curvature):
        super().__init__(model)
        self.ideal = ideal
        self.salience = salience
        self.curvature = curvature
        self.payoff = 0.0

    def utility(self, terms):
        return utility(terms, self.ideal, self.salience, self.curvature)

    def flow(self):
        """What a month of fighting is worth."""
        return self.utility(self.model.terms)

    def book(self, weight, worth):
        self.payoff += weight * worth

    def suffer_break(self, weight):
        """Only belligerents lose by a broken agreement."""


class Belligerent(State):
    """A side at war; `belief` is what everybody else thinks about the logarithm of its cost."""

    def __init__(self, model, side):
        super().__init__(model, side.ideal, side.salience, side.curvature)
        self.lean = side.lean
        self.break_loss = side.break_loss
        self.log_cost = self.random.gauss(side.cost_log_median, side.cost_log_sd)
        self.cost = math.exp(self.log_cost)
        self.belief_mean = side.cost_log_median
        self.belief_sd = side.cost_log_sd

    def flow(self):
        return super().flow() - self.cost * self.model.weariness()

    def suffer_break(self, weight):
        self.payoff -= weight * self.break_loss

    def reveal(self):
        """Channels tell the others about its cost."""
        rules = self.model.rules
        if rules.channels == 0.0:
            return
        variance = rules.channel_noise**2 / rules.channels
        signal = self.random.gauss(self.log_cost, math.sqrt(variance))
        prior = self.belief_sd**2
        trust = prior / (prior + variance)
        self.belief_mean += trust * (signal - self.belief_mean)
        self.belief_sd = math.sqrt(prior * (1.0 - trust))

    def look_ahead(self):
        """What it expects of fighting on, before its cost."""
        rules = self.model.rules
        optimism = self.lean * math.exp(-self.model.month / rules.optimism_fading_months)
        level = self.model.level + rules.planning_months * self.model.drift + optimism
        self.forecast = self.utility(terms_in_force(self.model.world.status_quo, level))

    def war(self):
        """The value of fighting on."""
        return self.forecast - self.cost * self.model.weariness()

    def war_at_mean(self):
        """The same as others judge it."""
        mean = math.exp(self.belief_mean + self.belief_sd**2 / 2.0)
        return self.forecast - mean * self.model.weariness()

    def public_premium(self):
        """What it must gain by each offer for fear of a break, on public beliefs."""
        return premium(self.break_loss, self.model.durability)

    def chance(self):
        """That it accepts each offer, on public beliefs."""
        gap = self.forecast - (self.worth() - self.public_premium())
        share = np.maximum(gap, 1e-300) / self.model.weariness()
        chance = ndtr((self.belief_mean - np.log(share)) / self.belief_sd)
        return np.where(gap > 0.0, chance, 1.0)

    def propose(self, other):
        """The offer with the greatest chance times gain, or nothing."""
        values = self.gains() * other.chance()
        best = int(values.argmax())
        return best if values[best] > 0.0 else None

    def answers(self, offer):
        gain = self.gains()[offer]
        return self.random.random() < logistic(gain / self.model.rules.quantal_noise)


class Challenger(Belligerent):
    """The side that may be a revisionist, speaks in public and may break what it signs."""

    def __init__(self, model, side):
        super().__init__(model, side)
        rules = model.rules
        self.revisionist = self.random.random() < rules.revisionist_prior
        self.mind = 1.0 if self.revisionist else rules.compliance_settler_grievance
        self.rhetoric = rules.signalling
        self.audience = 0.5 * max(rules.signalling, 0.0)

    def speak(self):
        rules = self.model.rules
        lean = 0.5 if self.revisionist else -0.5
        mean = rules.signalling + lean * rules.rhetoric_separation
        self.rhetoric = self.random.gauss(mean, rules.rhetoric_noise)
        persistence = rules.audience_persistence
        loud = max(self.rhetoric, 0.0)
        self.audience = persistence * self.audience + (1.0 - persistence) * loud

    def worth(self):
        """Of each offer, less what conceding costs before its audience."""
        offers, rules = self.model.world.offers, self.model.rules
        return offers.challenger - rules.audience_cost * self.audience * (1.0 - offers.challenger)

    def gains(self):
        """Of each offer over fighting on, as it knows them itself."""
        if self.break_loss == 0.0:
            return self.worth() - self.war()
        return self.worth() - premium(self.break_loss, self.own_durability()) - self.war()

    def own_durability(self):
        return durability(self.model.world, self.model.first_argument(self.mind, self.cost))


class Defender(Belligerent):
    """The side that the coalition backs."""

    def worth(self):
        return self.model.world.offers.defender

    def gains(self):
        return self.worth() - self.public_premium() - self.war()


class Mediator(mesa.Agent):
    """Proposes what the Nash product of gains is greatest at."""

    def propose(self, challenger, defender):
        weight = self.model.rules.mediator_weight
        ours = challenger.worth() - challenger.public_premium() - challenger.war_at_mean()
        theirs = defender.worth() - defender.public_premium() - defender.war_at_mean()
        products = np.maximum(ours, 0.0) ** weight * np.maximum(theirs, 0.0) ** (1.0 - weight)
        products[(ours <= 0.0) | (theirs <= 0.0)] = 0.0
        best = int(products.argmax())
        return best if products[best] > 0.0 else None


class Member(State):
    """A member of the coalition behind the defender."""

    def __init__(self, model, place):
        members = model.world.members
        super().__init__(
            model, members.ideal[place], members.salience[place], members.curvature[place]
        )
        self.consulted = members.consulted[place]
        self.weight = float(members.weight[place])
        self.support = float(members.support[place])
        self.fatigue = float(members.fatigue[place])
        self.rally = float(members.rally[place])
        self.supporting = False
        self.in_favour = False
        self.votes_in_favour = 0

    def choose_support(self):
        """The likelier the more others support (Brock and Durlauf 2001)."""
        model = self.model
        readiness = (
            self.support
            + model.rules.coalition_interaction * model.unity * (2.0 * model.support - 1.0)
            - self.fatigue * model.month / 12.0
            + self.rally * model.challenger.rhetoric
        )
        self.supporting = self.random.random() < logistic(readiness)

    def vote(self, offer):
        model, rules = self.model, self.model.rules
        draft = model.world.offers.terms[offer]
        gain = utility(draft, self.consulted, self.salience, self.curvature)
        gain -= utility(model.terms, self.consulted, self.salience, self.curvature)
        fear = model.defender.public_premium()[offer]
        gain += rules.coalition_backing - rules.coalition_premium_weight * fear
        self.in_favour = self.random.random() < logistic(gain / rules.endorsement_noise)
        self.votes_in_favour += self.in_favour


class Peace(mesa.Model):
    """One replication."""

    def __init__(self, world, seed):
        super().__init__(seed=seed)
        self.world = world
        self.rules = rules = world.rules
        self.challenger = Challenger(self, world.challenger)
        self.defender = Defender(self, world.defender)
        self.mediator = Mediator(self)
        size = len(world.members.weight)
        self.members = Member.create_agents(self, size, list(range(size)))
        self.states = self.agents.select(lambda agent: isinstance(agent, State))
        self.month = 0
        self.unity = rules.unity
        self.support = rules.coalition_initial_support
        self.level = logit(rules.front_held)
        self.log_odds = logit(rules.revisionist_prior)
        self.norm = rules.rhetoric_norm
        self.open = rules.talks_open_at_start
        self.signed = None
        self.months_open = self.offers_made = self.votes = 0
        self.sum_of_unity = self.sum_of_support = 0.0
        self.causes = dict.fromkeys(CAUSES, 0)

    def weariness(self):
        return 1.0 + self.rules.weariness * self.month / 12.0

    def step(self):
        """One month."""
        self.month = self.steps - 1
        self.move_unity()
        self.gather_support()
        self.move_front()
        self.challenger.speak()
        self.hear()
        weight = self.discount(self.month)
        self.states.do(lambda state: state.book(weight, state.flow()))
        cause = self.talk()
        if cause is None:
            self.running = False
            return
        self.causes[cause] += 1
        self.running = self.steps < self.rules.horizon_months

    def move_unity(self):
        rules = self.rules
        reversion = rules.coalition_reversion * (rules.unity - self.unity)
        shock = rules.coalition_volatility * self.random.gauss()
        self.unity = clip(self.unity + reversion + shock)
        self.sum_of_unity += self.unity

    def gather_support(self):
        self.members.do("choose_support")
        supporting = sum(member.weight for member in self.members if member.supporting)
        inertia = self.rules.coalition_inertia
        self.support = inertia * self.support + (1.0 - inertia) * supporting
        self.sum_of_support += self.support

    def move_front(self):
        rules = self.rules
        aid = rules.front_aid * self.support
        if self.open:
            aid *= 1.0 - rules.front_withheld_aid
        balance = rules.front_challenger_force / (rules.front_defender_force + aid)
        self.drift = rules.front_responsiveness * math.log(balance)
        self.level += self.drift + rules.front_volatility * self.random.gauss()
        if self.open and self.challenger.revisionist:
            self.level += rules.front_talk_leverage
        self.terms = terms_in_force(self.world.status_quo, self.level)

    def hear(self):
        """What public words say about intent; then the norm wears in."""
        rules = self.rules
        surprise = self.challenger.rhetoric - self.norm
        evidence = rules.rhetoric_credence * rules.rhetoric_separation * surprise
        self.log_odds = (
            (1.0 - rules.rhetoric_forgetting) * self.log_odds
            + rules.rhetoric_forgetting * logit(rules.revisionist_prior)
            + evidence / rules.rhetoric_noise**2
        )
        self.norm += rules.rhetoric_norm_adaptation * surprise

    def talk(self):
        """The cause why nothing was signed, or nothing."""
        if not self.open and self.random.random() >= self.rules.talks_reopen:
            return "no_talks"
        self.open = True
        self.months_open += 1
        self.challenger.reveal()
        self.defender.reveal()
        cause = self.bargain()
        if cause is not None and self.random.random() < self.break_off_chance():
            self.open = False
        return cause

    def break_off_chance(self):
        loud = max(self.challenger.rhetoric, 0.0)
        return self.rules.talks_break_off + self.rules.talks_break_off_rhetoric * loud

    def bargain(self):
        self.challenger.look_ahead()
        self.defender.look_ahead()
        self.durability = self.public_durability()
        proposer, offer = self.propose()
        if offer is None:
            return "nothing_offered"
        self.offers_made += 1
        challenger = proposer is self.challenger or self.challenger.answers(offer)
        defender = proposer is self.defender or self.defender.answers(offer)
        if not (challenger or defender):
            return "refused_by_both"
        if not challenger:
            return "refused_by_challenger"
        if not defender:
            return "refused_by_defender"
        if not self.endorses(offer):
            return "refused_by_coalition"
        self.signed = offer
        return None

    def propose(self):
        """Who proposes, and what."""
        lot = self.random.random()
        if lot < self.rules.recognition_challenger:
            return self.challenger, self.challenger.propose(self.defender)
        if lot < self.rules.recognition_challenger + self.rules.recognition_defender:
            return self.defender, self.defender.propose(self.challenger)
        return self.mediator, self.mediator.propose(self.challenger, self.defender)

    def first_argument(self, mind, cost):
        """The log-odds of a break of each offer in the first year, as foreseen."""
        rules, offers = self.rules, self.world.offers
        trust = self.unity + rules.compliance_naivety * (self.support - self.unity)
        deterred = rules.compliance_deterrence * offers.guarantee * trust
        strain = mind * (1.0 - offers.challenger) - cost - deterred
        return rules.compliance_base + rules.compliance_fragility + rules.compliance_slope * strain

    def public_durability(self):
        """Durability of each offer on the public belief about the challenger's intent and cost."""
        side = self.challenger
        costs = np.exp(side.belief_mean + side.belief_sd * NODES)[:, None]
        settler = self.rules.compliance_settler_grievance
        hard = NODE_WEIGHTS @ durability(self.world, self.first_argument(1.0, costs))
        soft = NODE_WEIGHTS @ durability(self.world, self.first_argument(settler, costs))
        believed = logistic(self.log_odds)
        return believed * hard + (1.0 - believed) * soft

    def endorses(self, offer):
        """Members vote alone, then perhaps as one."""
        self.votes += 1
        self.members.do("vote", offer)
        share = sum(member.weight for member in self.members if member.in_favour)
        rounding = 1e-12
        if self.random.random() < self.unity:
            share = 1.0 if share >= 0.5 - rounding else 0.0
        return share >= self.rules.coalition_quota - rounding

    def play_out(self):
        """Survival at the end of each year after signature, and the drawn year of a break, or 0."""
        rules, challenger = self.rules, self.challenger
        grievance = 1.0 - self.world.offers.challenger[self.signed]
        promised = self.world.offers.guarantee[self.signed]
        credibility, walk, alive, survival = self.support, 0.0, 1.0, []
        for year in range(YEARS):
            deterred = rules.compliance_deterrence * promised * credibility
            strain = challenger.mind * grievance - challenger.cost - deterred + walk
            fading = math.exp(-year / rules.compliance_fragility_years)
            log_odds = rules.compliance_base + rules.compliance_fragility * fading
            broken = logistic(log_odds + rules.compliance_slope * strain)
            alive *= (1.0 - broken) * (1.0 - rules.compliance_accidents)
            survival.append(alive)
            reversion = rules.compliance_credibility_reversion * (rules.unity - credibility)
            shock = rules.compliance_credibility_volatility * self.random.gauss()
            credibility = clip(credibility + reversion + shock)
            walk += rules.compliance_power_volatility * self.random.gauss()
        lot = self.random.random()
        breaks = [year for year, alive in enumerate(survival, start=1) if lot >= alive]
        return survival, breaks[0] if breaks else 0

    def discount(self, month):
        return self.rules.discount ** (month / 12.0)

    def months_weight(self, start, end):
        """The discounted weight of months from `start` up to `end`."""
        monthly = self.rules.discount ** (1.0 / 12.0)
        return (self.discount(start) - self.discount(end)) / (1.0 - monthly)

    def close_books(self, collapse):
        """Peace until the agreement breaks, war as it was from then on, and the mean of it all."""
        last = self.rules.horizon_months + MONTHS_AFTER
        war_again = self.steps
        if self.signed is not None:
            war_again = min(self.steps + 12 * collapse, last) if collapse else last
            weight = self.months_weight(self.steps, war_again)
            agreed = self.world.offers.terms[self.signed]
            self.states.do(lambda state: state.book(weight, state.utility(agreed)))
        frozen = self.months_weight(war_again, last)
        self.states.do(lambda state: state.book(frozen, state.flow()))
        if self.signed is not None:
            self.states.do("suffer_break", frozen)
        whole = self.months_weight(0, last)
        return np.array([state.payoff for state in self.states]) / whole

    def report(self, out):
        """Plays out what was signed, closes the books, and fills in a row of outcomes."""
        out[MONTHS_OPEN] = self.months_open
        out[HELD] = logistic(self.level)
        out[BELIEF] = logistic(self.log_odds)
        out[AUDIENCE] = self.challenger.audience
        out[UNITY] = self.sum_of_unity / self.steps
        out[SUPPORT] = self.sum_of_support / self.steps
        out[OFFERS_MADE] = self.offers_made
        out[VOTES] = self.votes
        out[FIRST_CAUSE : FIRST_CAUSE + len(CAUSES)] = list(self.causes.values())
        collapse = 0
        if self.signed is not None:
            survival, collapse = self.play_out()
            out[AGREED] = 1.0
            out[MONTH] = self.steps
            out[OFFER] = self.signed
            out[COLLAPSE] = collapse
            out[DURABLE] = survival[self.rules.durable_after_years - 1]
            for place, year in enumerate(SURVIVAL_YEARS):
                out[FIRST_SURVIVAL + place] = survival[year - 1]
        actors = len(self.states)
        out[FIRST_ACTOR : FIRST_ACTOR + actors] = self.close_books(collapse)
        out[FIRST_ACTOR + actors :] = [member.votes_in_favour for member in self.members]
