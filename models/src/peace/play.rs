//! One replication, month by month, in the order of events that the model fixes.

use engine::{
    Draw as _, Lifetime, Line, Measure, Model, NormalBelief, PathPlan, Purpose, Stream, Streams,
    Trace, exp, logistic,
};

use super::coalition::Cohesion;
use super::compliance::{Outlook, Signature};
use super::offers::Offers;
use super::outcome::{Agreement, CAUSES, Cause, LAST_YEAR, Outcome, measures, years_needed};
use super::path::{Recorder, SIGNED, UNSIGNED, plan};
use super::payoff::{Account, LastMonth, Ledger};
use super::rhetoric::Voice;
use super::screen::Desk;
use super::search::Found;
use super::story::{Event, Listener, Narrator};
use super::table::{Month, Proposer, Side};
use super::world::{Belligerent, News, Peace};
use crate::scenario::MAX_MEMBERS;

const COSTS: Purpose = Purpose::named("costs");
const INTENT: Purpose = Purpose::named("intent");
const UNITY: Purpose = Purpose::named("unity");
const SUPPORT: Purpose = Purpose::named("support");
const FRONT: Purpose = Purpose::named("front");
const RHETORIC: Purpose = Purpose::named("rhetoric");
const TABLE: Purpose = Purpose::named("table");
const CHANNELS: Purpose = Purpose::named("channels");
const ENDORSEMENT: Purpose = Purpose::named("endorsement");

/// The random streams of a replication, one for each purpose that draws every month.
struct Luck {
    unity: Stream,
    support: Stream,
    front: Stream,
    rhetoric: Stream,
    table: Stream,
    channels: Stream,
}

/// The state of the world in a month.
struct State {
    month: u32,
    /// ℓ.
    level: f64,
    voice: Voice,
    cohesion: Cohesion,
    open: bool,
    about_challenger: NormalBelief,
    about_defender: NormalBelief,
    /// Where each proposer found its last offer: where to look first.
    hints: [usize; 3],
    desk: Desk,
}

/// What is private.
struct Secrets {
    revisionist: bool,
    challenger_cost: f64,
    defender_cost: f64,
    /// The logarithms of both costs.
    log_costs: (f64, f64),
}

/// What a month's uniform draws decide.
struct Lots {
    reopen: f64,
    proposer: f64,
    challenger: f64,
    defender: f64,
    break_off: f64,
}

impl Peace {
    /// Plays one replication, handing every event to a listener.
    pub(super) fn tell_to(&self, streams: &Streams, listener: &mut impl Listener) -> Outcome {
        let secrets = self.secrets(streams);
        listener.hear(&Event::Opening {
            revisionist: secrets.revisionist,
            challenger_cost: secrets.challenger_cost,
            defender_cost: secrets.defender_cost,
        });
        let mut luck = Luck::open(streams);
        let mut state = self.open();
        let mut account = Ledger::open();
        let mut outcome = self.blank(&secrets);
        for month in 0..self.horizon {
            state.month = month;
            self.pass_month(&mut state, &secrets, &mut luck, streams, listener);
            self.ledger.fight(
                &mut account,
                &self.in_force,
                state.level,
                self.seasons[month as usize].weariness,
            );
            outcome.months_played += 1;
            outcome.unity += state.cohesion.unity;
            outcome.support += state.cohesion.support;
            let end = self.talk(&mut state, &secrets, &mut luck, streams, &mut outcome, listener);
            listener.hear(&Event::MonthOver { cause: end.err() });
            match end {
                Ok(offer) => {
                    return self.conclude(
                        outcome,
                        &state,
                        &secrets,
                        &account,
                        Some(offer),
                        streams,
                        listener,
                    );
                }
                Err(cause) => outcome.causes[cause as usize] += 1,
            }
        }
        self.conclude(outcome, &state, &secrets, &account, None, streams, listener)
    }

    fn secrets(&self, streams: &Streams) -> Secrets {
        let mut costs = streams.open(COSTS);
        let mut cost =
            |side: &Belligerent| side.cost_log_median + side.cost_log_sd * costs.normal();
        let log_costs = (cost(&self.challenger), cost(&self.defender));
        Secrets {
            challenger_cost: exp(log_costs.0),
            defender_cost: exp(log_costs.1),
            log_costs,
            revisionist: streams.open(INTENT).uniform() < self.rhetoric.revisionist_prior,
        }
    }

    fn open(&self) -> State {
        State {
            month: 0,
            level: self.front.start,
            voice: self.rhetoric.open(),
            cohesion: self.coalition.open(),
            open: self.table.open_at_start,
            about_challenger: self.challenger.prior(),
            about_defender: self.defender.prior(),
            hints: [self.offers.middle(); 3],
            desk: Desk::new(),
        }
    }

    fn blank(&self, secrets: &Secrets) -> Outcome {
        Outcome {
            revisionist: secrets.revisionist,
            costs: (secrets.challenger_cost, secrets.defender_cost),
            months_played: 0,
            held: logistic(self.front.start),
            audience: 0.0,
            belief: 0.0,
            unity: 0.0,
            support: 0.0,
            months_open: 0,
            offers: 0,
            votes: 0,
            in_favour: [0; MAX_MEMBERS],
            causes: [0; CAUSES.len()],
            agreement: None,
            payoffs: [0.0; super::payoff::MOST_ACTORS],
        }
    }

    /// What happens in a month before anybody talks: unity, support, the front, words.
    fn pass_month(
        &self,
        state: &mut State,
        secrets: &Secrets,
        luck: &mut Luck,
        streams: &Streams,
        listener: &mut impl Listener,
    ) {
        let cohesion = &mut state.cohesion;
        self.coalition.drift(cohesion, luck.unity.normal());
        self.coalition.elect(cohesion, state.month, streams);
        let last = state.voice.rhetoric;
        self.coalition.support(cohesion, state.month, last, || luck.support.uniform());
        let drift = self.front.drift(cohesion.support, state.open);
        let exploits = state.open && secrets.revisionist;
        state.level = self.front.step(state.level, drift, exploits, luck.front.normal());
        self.rhetoric.speak(&mut state.voice, secrets.revisionist, luck.rhetoric.normal());
        listener.hear(&Event::Month {
            month: state.month + 1,
            unity: state.cohesion.unity,
            support: state.cohesion.support,
            level: state.level,
            rhetoric: state.voice.rhetoric,
            belief: &state.voice.belief,
            audience: state.voice.audience,
        });
    }

    /// A month at the table: the offer that was signed, or why none was.
    fn talk(
        &self,
        state: &mut State,
        secrets: &Secrets,
        luck: &mut Luck,
        streams: &Streams,
        outcome: &mut Outcome,
        listener: &mut impl Listener,
    ) -> Result<usize, Cause> {
        let lots = Lots::draw(&mut luck.table);
        // Drawn every month, so that luck stays in step whatever happens.
        let news = (luck.channels.normal(), luck.channels.normal());
        let was_open = state.open;
        if !state.open && lots.reopen >= self.table.reopen {
            listener.hear(&Event::NoTalks);
            return Err(Cause::NoTalks);
        }
        state.open = true;
        if !was_open {
            listener.hear(&Event::Reopened);
        }
        outcome.months_open += 1;
        self.learn(state, secrets, news);
        let result = self.bargain(state, secrets, &lots, was_open, streams, outcome, listener);
        let breaks_off = lots.break_off < self.table.break_off_chance(state.voice.rhetoric);
        if result.is_err() && breaks_off {
            state.open = false;
            listener.hear(&Event::BrokenOff);
        }
        result
    }

    /// What working-level channels tell about costs.
    fn learn(&self, state: &mut State, secrets: &Secrets, news: (f64, f64)) {
        let Some(News { variance, sd }) = self.news else { return };
        let costs = secrets.log_costs;
        state.about_challenger.observe(costs.0 + sd * news.0, variance);
        state.about_defender.observe(costs.1 + sd * news.1, variance);
    }

    /// What is foreseen about agreements.
    fn foresee(&self, state: &State) -> Outlook {
        let State { cohesion, voice, about_challenger, about_defender, .. } = state;
        self.compliance.outlook(
            cohesion.unity,
            cohesion.support,
            voice.belief.probability(),
            about_challenger,
            about_defender,
        )
    }

    fn month(
        &self,
        state: &State,
        outlook: Outlook,
        secrets: &Secrets,
        was_open: bool,
    ) -> Month<'_> {
        let State { cohesion, voice, about_challenger, about_defender, .. } = state;
        let season = &self.seasons[state.month as usize];
        let drift = self.front.drift(cohesion.support, was_open);
        let level = state.level + self.planning_months * drift;
        let side = |who: &Belligerent, belief: &NormalBelief, cost, actor| Side {
            belief: *belief,
            believed_cost: belief.exp_of_sum(season.log_weariness),
            cost,
            forecast: self.in_force.to_one(actor, who.lean * season.optimism + level),
            break_loss: who.break_loss,
        };
        Month {
            compliance: &self.compliance,
            challenger: side(&self.challenger, about_challenger, secrets.challenger_cost, 0),
            defender: side(&self.defender, about_defender, secrets.defender_cost, 1),
            revisionist: secrets.revisionist,
            weariness: season.weariness,
            audience: self.rhetoric.audience_cost * voice.audience,
            outlook,
        }
    }

    /// Offer, answers and endorsement.
    #[expect(clippy::too_many_arguments, reason = "the table needs all that a month is made of")]
    fn bargain<L: Listener>(
        &self,
        state: &mut State,
        secrets: &Secrets,
        lots: &Lots,
        was_open: bool,
        streams: &Streams,
        outcome: &mut Outcome,
        listener: &mut L,
    ) -> Result<usize, Cause> {
        let outlook = self.foresee(state);
        let month = self.month(state, outlook, secrets, was_open);
        let proposer = self.table.proposer(lots.proposer);
        let State { hints, desk, .. } = state;
        let hint = &mut hints[proposer as usize];
        let found = if L::HEARS_OFFERS {
            self.table.offer(&self.offers, &month, proposer, *hint, desk)
        } else {
            let lots = (lots.challenger, lots.defender);
            self.table.offer_that_matters(&self.offers, &month, proposer, lots, *hint, desk)
        };
        let offer = match found {
            Found::Nothing => {
                listener.hear(&Event::Passed { proposer });
                return Err(Cause::NothingOffered);
            }
            Found::Refused => {
                outcome.offers += 1;
                return Err(match proposer {
                    Proposer::Challenger => Cause::RefusedByDefender,
                    Proposer::Defender => Cause::RefusedByChallenger,
                    Proposer::Mediator => Cause::RefusedByBoth,
                });
            }
            Found::Offer(offer) => offer,
        };
        *hint = offer;
        outcome.offers += 1;
        listener.hear(&Event::Offered { proposer, offer, month: &month });
        self.answers(&month, proposer, offer, lots, listener)?;
        self.endorsement(state, &month, offer, streams, outcome, listener)?;
        Ok(offer)
    }

    /// The answers of those who did not propose.
    fn answers(
        &self,
        month: &Month,
        proposer: Proposer,
        offer: usize,
        lots: &Lots,
        listener: &mut impl Listener,
    ) -> Result<(), Cause> {
        let stakes = self.offers.stakes(offer);
        let mut accepts = |challenger: bool, gain: f64, lot: f64| {
            let accepted = lot < self.table.rule.acceptance(gain);
            listener.hear(&Event::Answered { challenger, gain, accepted });
            accepted
        };
        let challenger = proposer == Proposer::Challenger
            || accepts(true, month.challenger_gain(stakes), lots.challenger);
        let defender = proposer == Proposer::Defender
            || accepts(false, month.defender_gain(stakes), lots.defender);
        match (challenger, defender) {
            (true, true) => Ok(()),
            (false, true) => Err(Cause::RefusedByChallenger),
            (true, false) => Err(Cause::RefusedByDefender),
            (false, false) => Err(Cause::RefusedByBoth),
        }
    }

    fn endorsement(
        &self,
        state: &State,
        month: &Month,
        offer: usize,
        streams: &Streams,
        outcome: &mut Outcome,
        listener: &mut impl Listener,
    ) -> Result<(), Cause> {
        let size = self.coalition.size();
        let mut luck = streams.open_at(ENDORSEMENT, state.month);
        let vote = self.coalition.vote(
            &self.consulted_worth[offer * size..(offer + 1) * size],
            state.level,
            month.defender_premium(self.offers.stakes(offer)),
            state.cohesion.unity,
            || luck.uniform(),
        );
        outcome.votes += 1;
        for (count, favours) in outcome.in_favour.iter_mut().zip(vote.in_favour) {
            *count += u32::from(favours);
        }
        listener.hear(&Event::Voted { vote: &vote });
        if vote.endorsed { Ok(()) } else { Err(Cause::RefusedByCoalition) }
    }

    /// Closes the books, and plays out what was signed.
    #[expect(clippy::too_many_arguments, reason = "an end needs all that led to it")]
    fn conclude(
        &self,
        mut outcome: Outcome,
        state: &State,
        secrets: &Secrets,
        account: &Account,
        signed: Option<usize>,
        streams: &Streams,
        listener: &mut impl Listener,
    ) -> Outcome {
        outcome.held = logistic(state.level);
        outcome.audience = state.voice.audience;
        outcome.belief = state.voice.belief.probability();
        outcome.agreement =
            signed.map(|offer| self.play_out(offer, state, secrets, streams, listener));
        let actors = self.actors.len();
        let worth = signed.map(|offer| &self.worth[offer * actors..(offer + 1) * actors]);
        let collapse = outcome.agreement.as_ref().and_then(|signed| signed.fate.collapse);
        let weariness = self.seasons[state.month as usize].weariness;
        outcome.payoffs = self.ledger.close(
            *account,
            &self.in_force,
            LastMonth { month: state.month, level: state.level, weariness },
            worth.map(|worth| (worth, collapse)),
            [
                (secrets.challenger_cost, self.challenger.break_loss),
                (secrets.defender_cost, self.defender.break_loss),
            ],
        );
        listener.hear(&Event::Ended { outcome: &outcome });
        outcome
    }

    fn play_out(
        &self,
        offer: usize,
        state: &State,
        secrets: &Secrets,
        streams: &Streams,
        listener: &mut impl Listener,
    ) -> Agreement {
        listener.hear(&Event::Signed { offer });
        let signature = Signature {
            revisionist: secrets.revisionist,
            challenger_cost: secrets.challenger_cost,
            defender_cost: secrets.defender_cost,
            support: state.cohesion.support,
            unity_level: self.coalition.level(),
        };
        let stakes = self.offers.stakes(offer);
        let years = years_needed(self.durable_after);
        let listen = |year| listener.hear(&Event::Year(year));
        let fate = self.compliance.play_out(stakes, &signature, years, streams, listen);
        Agreement {
            month: state.month + 1,
            terms: *self.offers.terms(offer),
            lambda: self.offers.lambda(offer),
            along: self.offers.along(offer),
            fate,
        }
    }

    /// What the narrator needs to name things: issues, actors, and the offers.
    pub(super) fn cast(&self) -> (&[String], &[String], &Offers) {
        (&self.issues, &self.actors, &self.offers)
    }
}

impl Model for Peace {
    type Outcome = Outcome;

    fn measures(&self) -> Vec<Measure<Outcome>> {
        let actors: Vec<(usize, &str)> =
            self.columns.iter().map(|place| (*place, self.actors[*place].as_str())).collect();
        let years = (self.durable_after, self.horizon);
        measures(&self.issues, &actors, years, self.offers.steps())
    }

    fn play(&self, streams: &Streams) -> Outcome {
        self.tell_to(streams, &mut ())
    }

    fn lifetime<'a>(&self, outcome: &'a Outcome) -> Option<Lifetime<'a>> {
        outcome.lifetime()
    }

    fn lifetime_years(&self) -> usize {
        LAST_YEAR + 1
    }

    fn paths(&self) -> PathPlan {
        plan(self)
    }

    fn play_noting(&self, streams: &Streams, trace: &mut Trace) -> (Outcome, usize) {
        let outcome = self.tell_to(streams, &mut Recorder::new(self, trace));
        let ending = if outcome.agreement.is_some() { SIGNED } else { UNSIGNED };
        (outcome, ending)
    }

    fn story(&self, streams: &Streams) -> (Vec<Line>, Outcome) {
        let mut narrator = Narrator::new(self.cast());
        let outcome = self.tell_to(streams, &mut narrator);
        (narrator.lines(), outcome)
    }
}

impl Luck {
    fn open(streams: &Streams) -> Self {
        Self {
            unity: streams.open(UNITY),
            support: streams.open(SUPPORT),
            front: streams.open(FRONT),
            rhetoric: streams.open(RHETORIC),
            table: streams.open(TABLE),
            channels: streams.open(CHANNELS),
        }
    }
}

impl Lots {
    /// Five draws every month, whatever they are needed for.
    fn draw(stream: &mut Stream) -> Self {
        Self {
            reopen: stream.uniform(),
            proposer: stream.uniform(),
            challenger: stream.uniform(),
            defender: stream.uniform(),
            break_off: stream.uniform(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_purposes_share_their_streams() {
        let all = [
            COSTS,
            INTENT,
            UNITY,
            SUPPORT,
            FRONT,
            RHETORIC,
            TABLE,
            CHANNELS,
            ENDORSEMENT,
            Purpose::named("credibility"),
            Purpose::named("power"),
            Purpose::named("collapse"),
            Purpose::named("election"),
        ];
        for (at, purpose) in all.iter().enumerate() {
            assert!(!all[..at].contains(purpose), "purpose {at}");
        }
    }
}
