"""The model in plain compiled loops: one replication after another, one offer after another."""

import math

import numpy as np
from numba import njit

from . import outcome
from .outcome import (
    AGREED, AUDIENCE, BELIEF, BY_BOTH, BY_CHALLENGER, BY_COALITION, BY_DEFENDER, COLLAPSE, DURABLE,
    FIRST_ACTOR, FIRST_CAUSE, FIRST_SURVIVAL, HELD, MONTH, MONTHS_OPEN, NOTHING_OFFERED, NO_TALKS,
    OFFER, OFFERS_MADE, SUPPORT, SURVIVAL_YEARS, UNITY, VOTES,
)
from .world import CHALLENGER, DEFENDER, MEDIATOR, MONTHS_AFTER, NODE_WEIGHTS, NODES, YEARS

def play(world, count, seed):
    """Outcomes of so many replications."""
    outcomes = outcome.blank(count, 2 + len(world.members.weight))
    play_all(world, seed, outcomes)
    return outcomes


@njit
def play_all(world, seed, outcomes):
    np.random.seed(seed)
    for replication in range(len(outcomes)):
        play_one(world, outcomes[replication])


@njit
def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


@njit
def logit(share):
    return math.log(share / (1.0 - share))


@njit
def clip(x):
    return min(max(x, 0.0), 1.0)


@njit
def normal_tail(z):
    """1 − Φ(z), its far tail kept."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


@njit
def utility(terms, ideal, salience, curvature):
    loss = 0.0
    for issue in range(len(terms)):
        loss += salience[issue] * abs(terms[issue] - ideal[issue]) ** curvature
    return 1.0 - loss


@njit
def terms_in_force(status_quo, level, terms):
    for issue in range(len(terms)):
        moved = status_quo.slope[issue] * (level - status_quo.start)
        terms[issue] = logistic(status_quo.at_start[issue] + moved)


@njit
def utility_in_force(world, side, level, terms):
    terms_in_force(world.status_quo, level, terms)
    return utility(terms, side.ideal, side.salience, side.curvature)


@njit
def play_one(world, out):
    """One replication, month by month."""
    rules = world.rules
    size = len(world.members.weight)
    terms = np.empty(len(world.status_quo.slope))
    payoffs = np.zeros(2 + size)

    revisionist = np.random.random() < rules.revisionist_prior
    log_cost = np.array([
        np.random.normal(world.challenger.cost_log_median, world.challenger.cost_log_sd),
        np.random.normal(world.defender.cost_log_median, world.defender.cost_log_sd),
    ])
    cost = np.exp(log_cost)
    belief_mean = np.array([world.challenger.cost_log_median, world.defender.cost_log_median])
    belief_sd = np.array([world.challenger.cost_log_sd, world.defender.cost_log_sd])

    unity = rules.unity
    support = rules.coalition_initial_support
    level = logit(rules.front_held)
    rhetoric = rules.signalling
    log_odds = logit(rules.revisionist_prior)
    norm = rules.rhetoric_norm
    audience = 0.5 * max(rules.signalling, 0.0)
    talks_open = rules.talks_open_at_start
    signed = -1
    month = 0

    while True:
        unity = clip(
            unity
            + rules.coalition_reversion * (rules.unity - unity)
            + rules.coalition_volatility * np.random.normal()
        )
        support = next_support(world, support, unity, month, rhetoric)
        drift = front_drift(rules, support, talks_open)
        level += drift + rules.front_volatility * np.random.normal()
        if talks_open and revisionist:
            level += rules.front_talk_leverage
        rhetoric = speak(rules, revisionist)
        surprise = rhetoric - norm
        log_odds = learn_from_words(rules, log_odds, surprise)
        norm += rules.rhetoric_norm_adaptation * surprise
        audience = (
            rules.audience_persistence * audience
            + (1.0 - rules.audience_persistence) * max(rhetoric, 0.0)
        )
        book_fighting(world, payoffs, discount(rules, month), level, month, cost, terms)
        out[UNITY] += unity
        out[SUPPORT] += support

        cause = NO_TALKS
        if talks_open or np.random.random() < rules.talks_reopen:
            talks_open = True
            out[MONTHS_OPEN] += 1.0
            listen(rules, log_cost, belief_mean, belief_sd)
            believed = logistic(log_odds)
            cause, offer = bargain(
                world, month, level, drift, unity, support, believed, audience, revisionist, cost,
                belief_mean, belief_sd, terms, out,
            )
            if cause < 0:
                signed = offer
                break
            if np.random.random() < break_off_chance(rules, rhetoric):
                talks_open = False
        out[FIRST_CAUSE + cause] += 1.0
        if month + 1 == rules.horizon_months:
            break
        month += 1

    out[UNITY] /= month + 1.0
    out[SUPPORT] /= month + 1.0
    out[HELD] = logistic(level)
    out[BELIEF] = logistic(log_odds)
    out[AUDIENCE] = audience
    collapse = 0
    if signed >= 0:
        out[AGREED] = 1.0
        out[MONTH] = month + 1.0
        out[OFFER] = signed
        collapse = play_out(world, signed, revisionist, cost[CHALLENGER], support, out)
    book_the_rest(world, payoffs, month, level, signed, collapse, cost, terms)
    out[FIRST_ACTOR : FIRST_ACTOR + 2 + size] = payoffs


@njit
def next_support(world, support, unity, month, rhetoric):
    """Each member supports or not, the likelier the more others do (Brock and Durlauf 2001)."""
    rules, members = world.rules, world.members
    pull = rules.coalition_interaction * unity * (2.0 * support - 1.0)
    supporting = 0.0
    for k in range(len(members.weight)):
        readiness = (
            members.support[k]
            + pull
            - members.fatigue[k] * month / 12.0
            + members.rally[k] * rhetoric
        )
        if np.random.random() < logistic(readiness):
            supporting += members.weight[k]
    return rules.coalition_inertia * support + (1.0 - rules.coalition_inertia) * supporting


@njit
def front_drift(rules, support, talks_open):
    aid = rules.front_aid * support
    if talks_open:
        aid *= 1.0 - rules.front_withheld_aid
    balance = rules.front_challenger_force / (rules.front_defender_force + aid)
    return rules.front_responsiveness * math.log(balance)


@njit
def speak(rules, revisionist):
    lean = 0.5 if revisionist else -0.5
    mean = rules.signalling + lean * rules.rhetoric_separation
    return np.random.normal(mean, rules.rhetoric_noise)


@njit
def learn_from_words(rules, log_odds, surprise):
    evidence = rules.rhetoric_credence * rules.rhetoric_separation * surprise
    forgotten = rules.rhetoric_forgetting * logit(rules.revisionist_prior)
    kept = (1.0 - rules.rhetoric_forgetting) * log_odds
    return kept + forgotten + evidence / rules.rhetoric_noise**2


@njit
def break_off_chance(rules, rhetoric):
    return min(1.0, rules.talks_break_off + rules.talks_break_off_rhetoric * max(rhetoric, 0.0))


@njit
def listen(rules, log_cost, belief_mean, belief_sd):
    """Channels tell about both costs; beliefs are conjugate normal."""
    if rules.channels == 0.0:
        return
    variance = rules.channel_noise**2 / rules.channels
    for side in range(2):
        signal = np.random.normal(log_cost[side], math.sqrt(variance))
        prior = belief_sd[side] ** 2
        trust = prior / (prior + variance)
        belief_mean[side] += trust * (signal - belief_mean[side])
        belief_sd[side] = math.sqrt(prior * (1.0 - trust))


@njit
def weariness(rules, month):
    return 1.0 + rules.weariness * month / 12.0


@njit
def forecast(world, side, level, drift, month, terms):
    """What fighting on is worth to a side, before its cost."""
    rules = world.rules
    optimism = side.lean * math.exp(-month / rules.optimism_fading_months)
    ahead = level + rules.planning_months * drift + optimism
    return utility_in_force(world, side, ahead, terms)


@njit
def durability(world, argument):
    """Discounted share of the future in which an agreement holds, where σ(argument) is the first
    year's hazard; the last foreseen year's hazard stays."""
    rules = world.rules
    total, weight, alive, hold = 0.0, 1.0, 1.0, 1.0
    for relief in world.relief:
        total += weight * alive
        hold = (1.0 - logistic(argument - relief)) * (1.0 - rules.compliance_accidents)
        alive *= hold
        weight *= rules.discount
    total += weight * alive / (1.0 - rules.discount * hold)
    return (1.0 - rules.discount) * total


@njit
def first_argument(rules, mind, grievance, guarantee, cost):
    strain = mind * grievance - cost - rules.compliance_deterrence * guarantee
    return rules.compliance_base + rules.compliance_fragility + rules.compliance_slope * strain


@njit
def public_durability(world, offer, trust, believed, costs):
    """Durability of an offer on the public belief about intent and cost."""
    rules = world.rules
    grievance = 1.0 - world.offers.challenger[offer]
    guarantee = world.offers.guarantee[offer] * trust
    hard, soft = 0.0, 0.0
    for node in range(len(costs)):
        argument = first_argument(rules, 1.0, grievance, guarantee, costs[node])
        hard += NODE_WEIGHTS[node] * durability(world, argument)
        mind = rules.compliance_settler_grievance
        argument = first_argument(rules, mind, grievance, guarantee, costs[node])
        soft += NODE_WEIGHTS[node] * durability(world, argument)
    return believed * hard + (1.0 - believed) * soft


@njit
def own_durability(world, offer, trust, revisionist, cost):
    """Durability of an offer to the challenger, who knows its intent and cost."""
    rules = world.rules
    mind = 1.0 if revisionist else rules.compliance_settler_grievance
    grievance = 1.0 - world.offers.challenger[offer]
    guarantee = world.offers.guarantee[offer] * trust
    return durability(world, first_argument(rules, mind, grievance, guarantee, cost))


@njit
def premium(break_loss, durability):
    return break_loss * (1.0 - durability) / durability


@njit
def public_premium(world, side, offer, trust, believed, costs):
    if side.break_loss == 0.0:
        return 0.0
    return premium(side.break_loss, public_durability(world, offer, trust, believed, costs))


@njit
def own_premium(world, offer, trust, revisionist, cost):
    """The challenger's premium as it knows it."""
    loss = world.challenger.break_loss
    if loss == 0.0:
        return 0.0
    return premium(loss, own_durability(world, offer, trust, revisionist, cost))


@njit
def acceptance(gap, mean, sd, weary):
    """The chance that a side accepts an offer that lacks so much before its cost is counted."""
    if gap <= 0.0:
        return 1.0
    return normal_tail((math.log(gap / weary) - mean) / sd)


@njit
def bargain(
    world, month, level, drift, unity, support, believed, audience, revisionist, cost,
    belief_mean, belief_sd, terms, out,
):
    """Offer, answers and vote: the cause why nothing was signed, or −1, and the offer."""
    rules, offers = world.rules, world.offers
    weary = weariness(rules, month)
    trust = unity + rules.compliance_naivety * (support - unity)
    costs = np.exp(belief_mean[CHALLENGER] + belief_sd[CHALLENGER] * NODES)
    audience_cost = rules.audience_cost * audience
    ours = forecast(world, world.challenger, level, drift, month, terms)
    theirs = forecast(world, world.defender, level, drift, month, terms)
    war = (ours - cost[CHALLENGER] * weary, theirs - cost[DEFENDER] * weary)
    mean_cost = weary * np.exp(belief_mean + belief_sd**2 / 2.0)
    proposer = draw_proposer(rules)

    best, offer = 0.0, -1
    for at in range(len(offers.challenger)):
        challenger_worth = offers.challenger[at] - audience_cost * (1.0 - offers.challenger[at])
        defender_worth = offers.defender[at]
        if proposer == CHALLENGER:
            gain = challenger_worth - war[CHALLENGER]
            gain -= own_premium(world, at, trust, revisionist, cost[CHALLENGER])
            if gain <= 0.0:
                continue
            fear = public_premium(world, world.defender, at, trust, believed, costs)
            gap = theirs - (defender_worth - fear)
            value = gain * acceptance(gap, belief_mean[DEFENDER], belief_sd[DEFENDER], weary)
        elif proposer == DEFENDER:
            gain = defender_worth - war[DEFENDER]
            gain -= public_premium(world, world.defender, at, trust, believed, costs)
            if gain <= 0.0:
                continue
            fear = public_premium(world, world.challenger, at, trust, believed, costs)
            gap = ours - (challenger_worth - fear)
            value = gain * acceptance(gap, belief_mean[CHALLENGER], belief_sd[CHALLENGER], weary)
        else:
            first = challenger_worth - (ours - mean_cost[CHALLENGER])
            first -= public_premium(world, world.challenger, at, trust, believed, costs)
            second = defender_worth - (theirs - mean_cost[DEFENDER])
            second -= public_premium(world, world.defender, at, trust, believed, costs)
            if first <= 0.0 or second <= 0.0:
                continue
            value = first**rules.mediator_weight * second ** (1.0 - rules.mediator_weight)
        if value > best:
            best, offer = value, at
    if offer < 0:
        return NOTHING_OFFERED, offer
    out[OFFERS_MADE] += 1.0

    fear = public_premium(world, world.defender, offer, trust, believed, costs)
    challenger_accepts, defender_accepts = True, True
    if proposer != CHALLENGER:
        challenger_worth = offers.challenger[offer]
        gain = challenger_worth - audience_cost * (1.0 - challenger_worth) - war[CHALLENGER]
        gain -= own_premium(world, offer, trust, revisionist, cost[CHALLENGER])
        challenger_accepts = np.random.random() < logistic(gain / rules.quantal_noise)
    if proposer != DEFENDER:
        gain = offers.defender[offer] - war[DEFENDER] - fear
        defender_accepts = np.random.random() < logistic(gain / rules.quantal_noise)
    if not (challenger_accepts or defender_accepts):
        return BY_BOTH, offer
    if not challenger_accepts:
        return BY_CHALLENGER, offer
    if not defender_accepts:
        return BY_DEFENDER, offer
    if not endorsed(world, offer, level, fear, unity, terms, out):
        return BY_COALITION, offer
    return -1, offer


@njit
def draw_proposer(rules):
    lot = np.random.random()
    if lot < rules.recognition_challenger:
        return CHALLENGER
    if lot < rules.recognition_challenger + rules.recognition_defender:
        return DEFENDER
    return MEDIATOR


@njit
def endorsed(world, offer, level, fear, unity, terms, out):
    """Members vote alone, then perhaps as one."""
    rules, members = world.rules, world.members
    size = len(members.weight)
    terms_in_force(world.status_quo, level, terms)
    share = 0.0
    for k in range(size):
        ideal, salience = members.consulted[k], members.salience[k]
        gain = utility(world.offers.terms[offer], ideal, salience, members.curvature[k])
        gain -= utility(terms, ideal, salience, members.curvature[k])
        gain += rules.coalition_backing - rules.coalition_premium_weight * fear
        if np.random.random() < logistic(gain / rules.endorsement_noise):
            share += members.weight[k]
            out[FIRST_ACTOR + 2 + size + k] += 1.0
    out[VOTES] += 1.0
    rounding = 1e-12
    if np.random.random() < unity:
        share = 1.0 if share >= 0.5 - rounding else 0.0
    return share >= rules.coalition_quota - rounding


@njit
def play_out(world, offer, revisionist, cost, support, out):
    """Survival year by year, and the year in which the agreement is drawn to break, or 0."""
    rules = world.rules
    mind = 1.0 if revisionist else rules.compliance_settler_grievance
    grievance = 1.0 - world.offers.challenger[offer]
    credibility, walk, survival = support, 0.0, 1.0
    lot = np.random.random()
    collapse = 0
    for year in range(YEARS):
        guarantee = world.offers.guarantee[offer] * credibility
        strain = mind * grievance - cost - rules.compliance_deterrence * guarantee + walk
        fragile = rules.compliance_fragility * math.exp(-year / rules.compliance_fragility_years)
        broken = logistic(rules.compliance_base + fragile + rules.compliance_slope * strain)
        survival *= (1.0 - broken) * (1.0 - rules.compliance_accidents)
        if collapse == 0 and lot >= survival:
            collapse = year + 1
        if year + 1 == rules.durable_after_years:
            out[DURABLE] = survival
        for place in range(len(SURVIVAL_YEARS)):
            if year + 1 == SURVIVAL_YEARS[place]:
                out[FIRST_SURVIVAL + place] = survival
        reversion = rules.compliance_credibility_reversion * (rules.unity - credibility)
        shock = rules.compliance_credibility_volatility * np.random.normal()
        credibility = clip(credibility + reversion + shock)
        walk += rules.compliance_power_volatility * np.random.normal()
    out[COLLAPSE] = collapse
    return collapse


@njit
def discount(rules, month):
    return rules.discount ** (month / 12.0)


@njit
def months_weight(rules, start, end):
    """The discounted weight of months from `start` up to `end`."""
    monthly = rules.discount ** (1.0 / 12.0)
    return (discount(rules, start) - discount(rules, end)) / (1.0 - monthly)


@njit
def book_fighting(world, payoffs, weight, level, month, cost, terms):
    """Adds so much of a month's war to what everybody has had."""
    members = world.members
    terms_in_force(world.status_quo, level, terms)
    weary = weariness(world.rules, month)
    for place, side in enumerate((world.challenger, world.defender)):
        worth = utility(terms, side.ideal, side.salience, side.curvature)
        payoffs[place] += weight * (worth - cost[place] * weary)
    for k in range(len(members.weight)):
        worth = utility(terms, members.ideal[k], members.salience[k], members.curvature[k])
        payoffs[2 + k] += weight * worth


@njit
def book_the_rest(world, payoffs, month, level, signed, collapse, cost, terms):
    """Peace until the agreement breaks, war as it was from then on, and the mean of it all."""
    rules, members = world.rules, world.members
    last = rules.horizon_months + MONTHS_AFTER
    war_again = month + 1
    if signed >= 0:
        war_again = min(month + 1 + 12 * collapse, last) if collapse > 0 else last
        weight = months_weight(rules, month + 1, war_again)
        payoffs[CHALLENGER] += weight * world.offers.challenger[signed]
        payoffs[DEFENDER] += weight * world.offers.defender[signed]
        agreed = world.offers.terms[signed]
        for k in range(len(members.weight)):
            worth = utility(agreed, members.ideal[k], members.salience[k], members.curvature[k])
            payoffs[2 + k] += weight * worth
    frozen = months_weight(rules, war_again, last)
    book_fighting(world, payoffs, frozen, level, month, cost, terms)
    if signed >= 0:
        payoffs[CHALLENGER] -= frozen * world.challenger.break_loss
        payoffs[DEFENDER] -= frozen * world.defender.break_loss
    payoffs /= months_weight(rules, 0, last)
