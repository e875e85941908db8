"""The scenario, read once, and all that its replications share."""

import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np

SCENARIO = Path(__file__).parents[3] / "experiments" / "scenarios" / "ukraine-core.toml"

# Years for which an agreement is played out, and months that payoffs count after the horizon.
YEARS = 20
MONTHS_AFTER = 240

# The foreseen hazard counts as settled once no more than this is left of the first years' extra.
FADED = 1e-8

# Nodes and weights of the three-point Gauss-Hermite rule for a standard normal number.
NODES = np.sqrt(3.0) * np.array([-1.0, 0.0, 1.0])
NODE_WEIGHTS = np.array([1.0, 4.0, 1.0]) / 6.0

CHALLENGER, DEFENDER, MEDIATOR = 0, 1, 2


class Belligerent(NamedTuple):
    """One of the two sides at war."""

    ideal: np.ndarray
    salience: np.ndarray
    curvature: float
    cost_log_median: float
    cost_log_sd: float
    lean: float  # optimism, below 0 for the defender
    break_loss: float


class Members(NamedTuple):
    """The coalition: one row for each member."""

    ideal: np.ndarray
    consulted: np.ndarray  # ideal points after consultation
    salience: np.ndarray
    curvature: np.ndarray
    weight: np.ndarray  # share of capability
    support: np.ndarray
    fatigue: np.ndarray  # per year
    rally: np.ndarray


class Offers(NamedTuple):
    """The grid of offers, and what each is worth to the belligerents."""

    terms: np.ndarray
    challenger: np.ndarray
    defender: np.ndarray
    guarantee: np.ndarray
    row: int  # offers at each level of the guarantee


class Rules(NamedTuple):
    """The parameters of the model."""

    unity: float
    signalling: float
    durable_after_years: int
    horizon_months: int
    quantal_noise: float
    endorsement_noise: float
    mediator_weight: float
    planning_months: float
    weariness: float
    optimism_fading_months: float
    revisionist_prior: float
    channels: float
    channel_noise: float
    discount: float
    recognition_challenger: float
    recognition_defender: float
    talks_break_off: float
    talks_break_off_rhetoric: float
    talks_reopen: float
    talks_open_at_start: bool
    front_held: float
    front_challenger_force: float
    front_defender_force: float
    front_aid: float
    front_responsiveness: float
    front_volatility: float
    front_talk_leverage: float
    front_withheld_aid: float
    rhetoric_separation: float
    rhetoric_noise: float
    rhetoric_credence: float
    rhetoric_forgetting: float
    rhetoric_norm: float
    rhetoric_norm_adaptation: float
    audience_persistence: float
    audience_cost: float
    coalition_reversion: float
    coalition_volatility: float
    coalition_interaction: float
    coalition_inertia: float
    coalition_initial_support: float
    coalition_quota: float
    coalition_backing: float
    coalition_premium_weight: float
    compliance_base: float
    compliance_slope: float
    compliance_fragility: float
    compliance_fragility_years: float
    compliance_settler_grievance: float
    compliance_deterrence: float
    compliance_power_volatility: float
    compliance_accidents: float
    compliance_credibility_reversion: float
    compliance_credibility_volatility: float
    compliance_naivety: float


class StatusQuo(NamedTuple):
    """Terms in force while fighting: σ(at_start + slope (ℓ − start)), one issue each."""

    start: float
    at_start: np.ndarray
    slope: np.ndarray


class World(NamedTuple):
    """A design point. Made of numbers, arrays and named tuples only, which Numba can compile."""

    rules: Rules
    challenger: Belligerent
    defender: Belligerent
    members: Members
    offers: Offers
    status_quo: StatusQuo
    relief: np.ndarray  # what each foreseen year takes off the log-odds of the first year's hazard


def load(path=SCENARIO):
    """The world of a scenario, and the names of its actors: belligerents first, then members."""
    scenario = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    settings = flatten(scenario["parameters"])
    refuse_what_is_left_out(scenario, settings)
    issues = list(scenario["issues"])
    actors = scenario["actors"]
    of_role = {role: [name for name in actors if actors[name]["role"] == role] for role in ROLES}
    names = [name for role in ROLES for name in of_role[role]]
    challenger = belligerent(actors[of_role["challenger"][0]], issues, 1.0)
    defender = belligerent(actors[of_role["defender"][0]], issues, -1.0)
    rules = Rules(**{name: kind(settings[name]) for name, kind in Rules.__annotations__.items()})
    world = World(
        rules=rules,
        challenger=challenger,
        defender=defender,
        members=members([actors[name] for name in of_role["member"]], issues, rules.unity),
        offers=offers(challenger, defender, scenario["issues"], settings),
        status_quo=status_quo(scenario["issues"], rules.front_held),
        relief=relief(rules),
    )
    return world, names


ROLES = ("challenger", "defender", "member")


def flatten(table):
    """Parameters of tables within tables, as table_parameter."""
    flat = {}
    for key, value in table.items():
        if key == "sources":
            continue
        if isinstance(value, dict):
            flat.update({f"{key}_{name}": inner for name, inner in flatten(value).items()})
        else:
            flat[key] = value
    return flat


def refuse_what_is_left_out(scenario, settings):
    """Stops where a scenario asks for a mechanism that the reference point does not have."""
    tables = [table for table in ("blocs", "elections", "influence") if table in scenario]
    absent = ("compliance_threshold", "compliance_defender")
    tables += [name for name in settings if name.startswith(absent)]
    roles = [issue.get("role") for issue in scenario["issues"].values()]
    tables += [role for role in roles if role not in (None, "territory", "guarantee")]
    if settings["decision_rule"] != "quantal":
        tables.append("best response")
    if settings["compliance_power_shift"] != 0.0:
        tables.append("a foreseen shift of power")
    if settings["durable_after_years"] > YEARS:
        tables.append(f"durability beyond {YEARS} years")
    if tables:
        raise NotImplementedError(f"the peers leave out {', '.join(tables)}")


def logit(share):
    return np.log(share / (1.0 - share))


def logistic(log_odds):
    return 1.0 / (1.0 + np.exp(-log_odds))


def utility(terms, ideal, salience, curvature):
    """1 − Σ_j w_j |x_j − p_j|^q over the last axis."""
    return 1.0 - (salience * np.abs(terms - ideal) ** curvature).sum(axis=-1)


def terms_in_force(status_quo, level):
    """The terms in force with the front at ℓ: one row for each level, one column for each issue."""
    gone = np.asarray(level)[..., None] - status_quo.start
    return logistic(status_quo.at_start + status_quo.slope * gone)


def relief(rules):
    """How the extra hazard of the first years fades, year by year until it is gone."""
    years = np.ceil(rules.compliance_fragility_years * np.log(rules.compliance_fragility / FADED))
    fading = np.exp(-np.arange(years + 1.0) / rules.compliance_fragility_years)
    return rules.compliance_fragility * (1.0 - fading)


def by_issue(table, issues):
    return np.array([float(table[issue]) for issue in issues])


def shares(weights):
    return weights / weights.sum()


def belligerent(actor, issues, sign):
    return Belligerent(
        ideal=by_issue(actor["ideal"], issues),
        salience=shares(by_issue(actor["salience"], issues)),
        curvature=float(actor["curvature"]),
        cost_log_median=float(np.log(actor["war_cost"]["median"])),
        cost_log_sd=float(actor["war_cost"]["log_sd"]),
        lean=sign * float(actor["optimism"]),
        break_loss=float(actor["break_loss"]),
    )


def members(actors, issues, unity):
    def column(key):
        return np.array([float(actor[key]) for actor in actors])

    ideal = np.array([by_issue(actor["ideal"], issues) for actor in actors])
    weight = shares(column("capability"))
    return Members(
        ideal=ideal,
        consulted=consult(ideal, weight, unity),
        salience=np.array([shares(by_issue(actor["salience"], issues)) for actor in actors]),
        curvature=column("curvature"),
        weight=weight,
        support=column("support"),
        fatigue=column("fatigue"),
        rally=column("rally"),
    )


def consult(ideal, weight, unity):
    """Where positions settle (Friedkin and Johnsen 1990): (I − υ M)⁻¹ (1 − υ) p."""
    if unity >= 1.0:
        return np.tile(weight @ ideal, (len(weight), 1))
    influence = np.tile(weight, (len(weight), 1))
    return np.linalg.solve(np.eye(len(weight)) - unity * influence, (1.0 - unity) * ideal)


def status_quo(issues, held):
    """How the front moves the terms in force; an issue without spillover stays put."""
    at_start, slope = [], []
    for issue in issues.values():
        territory = issue.get("role") == "territory"
        at_start.append(logit(held if territory else issue["while_fighting"]))
        slope.append(1.0 if territory else -issue["spillover"])
    return StatusQuo(float(logit(held)), np.array(at_start), np.array(slope))


def offers(challenger, defender, issues, settings):
    """The contract curve at each level of the guarantee, from the defender's best on."""
    curve = contract_curve(challenger, defender, settings["offers"])
    levels = settings["guarantee_offers"]
    guarantee = [issue.get("role") for issue in issues.values()].index("guarantee")
    terms = np.tile(curve, (levels, 1, 1))
    raised = np.linspace(0.0, 1.0, levels)[:, None]
    terms[:, :, guarantee] += raised * (1.0 - terms[:, :, guarantee])
    terms = terms.reshape(-1, len(issues))
    return Offers(
        terms=terms,
        challenger=utility(terms, challenger.ideal, challenger.salience, challenger.curvature),
        defender=utility(terms, defender.ideal, defender.salience, defender.curvature),
        guarantee=np.ascontiguousarray(terms[:, guarantee]),
        row=len(curve),
    )


def contract_curve(challenger, defender, count):
    """`count + 1` points of argmax λ U_R + (1 − λ) U_U, spaced evenly in U_R − U_U."""
    if challenger.curvature != defender.curvature or challenger.curvature <= 1.0:
        raise NotImplementedError("the peers know the contract curve for equal curvatures above 1")

    def terms(log_odds):
        power = 1.0 / (challenger.curvature - 1.0)
        ratio = np.log(defender.salience / challenger.salience) - log_odds[:, None]
        return challenger.ideal + logistic(power * ratio) * (defender.ideal - challenger.ideal)

    def advantage(terms):
        ours = utility(terms, challenger.ideal, challenger.salience, challenger.curvature)
        theirs = utility(terms, defender.ideal, defender.salience, defender.curvature)
        return ours - theirs

    ends = np.array([defender.ideal, challenger.ideal])
    worst, best = advantage(ends)
    targets = worst + np.linspace(0.0, 1.0, count + 1)[1:-1] * (best - worst)
    low, high = np.full(count - 1, -100.0), np.full(count - 1, 100.0)
    for _ in range(90):
        middle = (low + high) / 2.0
        below = advantage(terms(middle)) < targets
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.vstack([ends[:1], terms((low + high) / 2.0), ends[1:]])
