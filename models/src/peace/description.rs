//! What `peace` is, after the ODD+D protocol (Müller et al. 2013): the parts that no table of parameters
//! or measures can say.

/// Headings of the protocol with their texts, in its order.
pub const DESCRIPTION: &[(&str, &str)] = &[
    (
        "Purpose",
        "How likely is a durable agreement at each level of unity among those who back the defender, and of \
         the challenger's public signalling? For researchers of conflict, who set the assumptions and ask \
         how strongly the answer depends on them. It does not predict.",
    ),
    (
        "Entities, state variables and scales",
        "Two belligerents (challenger and defender), the members of a coalition behind the defender, the \
         issues on the table, a front, and what is signed. A belligerent has ideal points, saliences, a \
         private cost of fighting on, optimism, and what it would lose by a broken agreement; the challenger \
         also an intent that only it knows. A member has ideal points, saliences, a capability and a readiness \
         to support. The war has the share of disputed land that the challenger holds. One step is a month \
         until something is signed or the horizon is reached; then a year for as long as an agreement is \
         followed. Levels of issues run from 0 to 1.",
    ),
    (
        "Process overview and scheduling",
        "Each month, in this order: cohesion moves, members decide whether they support, rhetoric is heard and \
         beliefs are revised, the front moves, news about costs arrives where there are channels, talks may \
         open or break off; where they are open, one side or a mediator looks for an offer, those concerned \
         answer, the coalition consults and votes. After signature: each year a chance that war returns.",
    ),
    (
        "Theoretical and empirical background",
        "War as a failure to bargain, by private information and by commitment (Fearon 1995, Powell 2006), \
         audience costs (Fearon 1994, 1997), spatial utility (Enelow and Hinich 1984), quantal response \
         (McKelvey and Palfrey 1995), consultation (Friedkin and Johnsen 1990), mutual influence in support \
         (Brock and Durlauf 2001), duration of peace (Walter 2002, Fortna 2004). Starting values were set so \
         that base rates of inter-state war (Correlates of War v4.0) come out near.",
    ),
    (
        "Individual decision-making",
        "Belligerents compare an offer with fighting on: the utility of the terms, less a premium for the \
         danger that they break, against the expected course of the war less its cost. They accept whatever \
         gains, or more often the more it gains (decision_rule). A proposer makes the offer with the greatest \
         chance-weighted gain, a mediator that with the greatest product of gains. Members support with odds \
         that grow with their own readiness and with the support of others.",
    ),
    (
        "Learning and sensing",
        "The challenger's rhetoric is a noisy sign of its intent, read against a norm; beliefs follow Bayes' \
         rule. Costs are private; channels give noisy news of them, and beliefs about them are normal in \
         their logarithm. The front, unity and support are seen by all.",
    ),
    (
        "Individual prediction",
        "Both sides foresee how durable terms would be under what they know (the chance that they are kept in \
         each year, discounted), and expect the front to drift as it has, with an optimism that fades.",
    ),
    (
        "Interaction and collectives",
        "The belligerents bargain directly or through a mediator. The coalition is a collective: its members \
         consult, influence each other by capability, vote on drafts by a quota, and its unity enters aid, \
         votes and the credibility of guarantees. Blocs can have a unity of their own.",
    ),
    (
        "Heterogeneity",
        "Every actor has its own ideal points and saliences; members their own capability, readiness, fatigue \
         and response to rhetoric; belligerents their own cost, optimism and loss. All are in the scenario.",
    ),
    (
        "Stochasticity",
        "Drawn in each replication: intent, costs, cohesion, support, rhetoric, the front, news, talks, who \
         proposes, answers, votes and collapse. Every draw comes from a stream keyed by seed, replication and \
         purpose, so that all design points share their luck (common random numbers).",
    ),
    (
        "Observation",
        "The measures in the table below are read off every replication; estimates are proportions or means \
         over replications with 95 % intervals, which show simulation error only.",
    ),
    (
        "Initialisation and input data",
        "The state at the outset is given by parameters and scenario; nothing else is read. Elections in the \
         scenario shift a member's readiness in their month.",
    ),
];
