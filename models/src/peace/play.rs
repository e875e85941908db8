//! One replication, month by month, in the order of events that the model fixes.

use std::ops::Range;

use engine::{
    Chance, Draw as _, Lifetime, Line, Measure, Model, NormalBelief, PathPlan, Purpose, Stream,
    Streams, Trace, exp, logistic,
};

use super::compliance::{Outlook, Signature};
use super::course::{Circumstances, Course, Fortune, Lots, Moment, Pass};
use super::offers::Offers;
use super::outcome::{Agreement, CAUSES, Cause, LAST_YEAR, Outcome, measures, years_needed};
use super::path::{Recorder, SIGNED, UNSIGNED, plan};
use super::payoff::{Account, LastMonth, Ledger};
use super::screen::Desk;
use super::search::Found;
use super::side_by_side;
use super::story::{Event, Listener, Narrator};
use super::table::{Month, Proposer, Side};
use super::world::{Belligerent, News, Peace};
use crate::scenario::MAX_MEMBERS;

const COSTS: Purpose = Purpose::named("costs");
const INTENT: Purpose = Purpose::named("intent");
const ENDORSEMENT: Purpose = Purpose::named("endorsement");

/// A replication under way, but for its course.
pub(super) struct Game {
    streams: Streams,
    secrets: Secrets,
    /// Counted from 0.
    month: u32,
    next_election: usize,
    open: bool,
    about_challenger: NormalBelief,
    about_defender: NormalBelief,
    /// Where each proposer found its last offer: where to look first.
    hints: [usize; 3],
    account: Account,
    outcome: Outcome,
}

/// What is private.
struct Secrets {
    revisionist: bool,
    challenger_cost: f64,
    defender_cost: f64,
    /// The logarithms of both costs.
    log_costs: (f64, f64),
}

impl Peace {
    /// Plays one replication, handing every event to a listener.
    pub(super) fn tell_to(&self, streams: &Streams, listener: &mut impl Listener) -> Outcome {
        let mut game = self.begin(streams);
        listener.hear(&Event::Opening {
            revisionist: game.secrets.revisionist,
            challenger_cost: game.secrets.challenger_cost,
            defender_cost: game.secrets.defender_cost,
        });
        let mut course = Course::<f64>::open(self);
        let mut fortune = Fortune::<Stream>::open(streams);
        let mut desk = Desk::new();
        loop {
            self.elect(&mut game, &mut course, 0);
            let pass = Pass {
                peace: self,
                circumstances: game.circumstances(),
                course: &mut course,
                fortune: &mut fortune,
            };
            pass.pass();
            let ended = self.live_through(&mut game, &course.moment(0), &mut desk, listener);
            if let Some(outcome) = ended {
                return outcome;
            }
        }
    }

    /// A replication before its first month.
    pub(super) fn begin(&self, streams: &Streams) -> Game {
        let secrets = self.secrets(streams);
        Game {
            streams: *streams,
            month: 0,
            next_election: 0,
            open: self.table.open_at_start,
            about_challenger: self.challenger.prior(),
            about_defender: self.defender.prior(),
            hints: [self.offers.middle(); 3],
            account: Ledger::open(),
            outcome: self.blank(&secrets),
            secrets,
        }
    }

    /// Elections of this month.
    #[inline]
    pub(super) fn elect<N: Chance>(&self, game: &mut Game, course: &mut Course<N>, lane: usize) {
        let Game { next_election, month, streams, .. } = game;
        self.coalition.elect(&mut course.cohesion, lane, next_election, *month, streams);
    }

    /// What comes of a month once its course is known; the outcome where the replication ends with it.
    pub(super) fn live_through<L: Listener>(
        &self,
        game: &mut Game,
        now: &Moment,
        desk: &mut Desk,
        listener: &mut L,
    ) -> Option<Outcome> {
        listener.hear(&Event::Month {
            month: game.month + 1,
            unity: now.unity,
            support: now.support,
            level: now.level,
            rhetoric: now.rhetoric,
            belief: &now.belief,
            audience: now.audience,
        });
        let weariness = self.seasons[game.month as usize].weariness;
        self.ledger.fight(&mut game.account, &self.in_force, now.level, weariness);
        game.outcome.months_played += 1;
        game.outcome.unity += now.unity;
        game.outcome.support += now.support;
        let end = self.talk(game, now, desk, listener);
        listener.hear(&Event::MonthOver { cause: end.err() });
        if let Err(cause) = end {
            game.outcome.causes[cause as usize] += 1;
            if game.month + 1 < self.horizon {
                game.month += 1;
                return None;
            }
        }
        Some(self.conclude(game, now, end.ok(), listener))
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

    /// A month at the table: the offer that was signed, or why none was.
    fn talk<L: Listener>(
        &self,
        game: &mut Game,
        now: &Moment,
        desk: &mut Desk,
        listener: &mut L,
    ) -> Result<usize, Cause> {
        let lots = &now.lots;
        let was_open = game.open;
        if !was_open && lots.reopen >= self.table.reopen {
            listener.hear(&Event::NoTalks);
            return Err(Cause::NoTalks);
        }
        game.open = true;
        if !was_open {
            listener.hear(&Event::Reopened);
        }
        game.outcome.months_open += 1;
        self.learn(game, now.news);
        let result = self.bargain(game, now, desk, listener);
        let breaks_off = lots.break_off < self.table.break_off_chance(now.rhetoric);
        if result.is_err() && breaks_off {
            game.open = false;
            listener.hear(&Event::BrokenOff);
        }
        result
    }

    /// What working-level channels tell about costs.
    fn learn(&self, game: &mut Game, news: [f64; 2]) {
        let Some(News { variance, sd }) = self.news else { return };
        let costs = game.secrets.log_costs;
        game.about_challenger.observe(costs.0 + sd * news[0], variance);
        game.about_defender.observe(costs.1 + sd * news[1], variance);
    }

    /// What is foreseen about agreements.
    fn foresee(&self, game: &Game, now: &Moment) -> Outlook {
        let Game { about_challenger, about_defender, .. } = game;
        let revisionist = now.belief.probability();
        self.compliance.outlook(
            now.unity,
            now.support,
            revisionist,
            about_challenger,
            about_defender,
        )
    }

    fn month(&self, game: &Game, now: &Moment, outlook: Outlook) -> Month<'_> {
        let Game { secrets, about_challenger, about_defender, .. } = game;
        let season = &self.seasons[game.month as usize];
        let level = now.level + self.planning_months * now.drift;
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
            audience: self.rhetoric.audience_cost * now.audience,
            outlook,
        }
    }

    /// Offer, answers and endorsement.
    fn bargain<L: Listener>(
        &self,
        game: &mut Game,
        now: &Moment,
        desk: &mut Desk,
        listener: &mut L,
    ) -> Result<usize, Cause> {
        let lots = &now.lots;
        let outlook = self.foresee(game, now);
        let month = self.month(game, now, outlook);
        let proposer = self.table.proposer(lots.proposer);
        let hint = &mut game.hints[proposer as usize];
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
                game.outcome.offers += 1;
                // A mediator's offer is always found.
                let by_defender = proposer == Proposer::Challenger;
                return Err(if by_defender {
                    Cause::RefusedByDefender
                } else {
                    Cause::RefusedByChallenger
                });
            }
            Found::Offer(offer) => offer,
        };
        *hint = offer;
        game.outcome.offers += 1;
        listener.hear(&Event::Offered { proposer, offer, month: &month });
        self.answers(&month, proposer, offer, lots, listener)?;
        self.endorsement(game, now, &month, offer, listener)?;
        Ok(offer)
    }

    /// The answers of those who did not propose.
    fn answers(
        &self,
        month: &Month,
        proposer: Proposer,
        offer: usize,
        lots: &Lots<f64>,
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
        game: &mut Game,
        now: &Moment,
        month: &Month,
        offer: usize,
        listener: &mut impl Listener,
    ) -> Result<(), Cause> {
        let size = self.coalition.size();
        let mut luck = game.streams.open_at(ENDORSEMENT, game.month);
        let vote = self.coalition.vote(
            &self.consulted_worth[offer * size..(offer + 1) * size],
            now.level,
            month.defender_premium(self.offers.stakes(offer)),
            now.unity,
            || luck.uniform(),
        );
        game.outcome.votes += 1;
        for (count, favours) in game.outcome.in_favour.iter_mut().zip(vote.in_favour) {
            *count += u32::from(favours);
        }
        listener.hear(&Event::Voted { vote: &vote });
        if vote.endorsed { Ok(()) } else { Err(Cause::RefusedByCoalition) }
    }

    /// Closes the books, and plays out what was signed.
    fn conclude(
        &self,
        game: &Game,
        now: &Moment,
        signed: Option<usize>,
        listener: &mut impl Listener,
    ) -> Outcome {
        let Game { secrets, account, month, .. } = game;
        let mut outcome = game.outcome.clone();
        outcome.held = logistic(now.level);
        outcome.audience = now.audience;
        outcome.belief = now.belief.probability();
        outcome.agreement = signed.map(|offer| self.play_out(offer, game, now, listener));
        let actors = self.actors.len();
        let worth = signed.map(|offer| &self.worth[offer * actors..(offer + 1) * actors]);
        let collapse = outcome.agreement.as_ref().and_then(|signed| signed.fate.collapse);
        let weariness = self.seasons[*month as usize].weariness;
        outcome.payoffs = self.ledger.close(
            *account,
            &self.in_force,
            LastMonth { month: *month, level: now.level, weariness },
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
        game: &Game,
        now: &Moment,
        listener: &mut impl Listener,
    ) -> Agreement {
        listener.hear(&Event::Signed { offer });
        let signature = Signature {
            revisionist: game.secrets.revisionist,
            challenger_cost: game.secrets.challenger_cost,
            defender_cost: game.secrets.defender_cost,
            support: now.support,
            unity_level: self.coalition.level(),
        };
        let stakes = self.offers.stakes(offer);
        let years = years_needed(self.durable_after);
        let listen = |year| listener.hear(&Event::Year(year));
        let fate = self.compliance.play_out(stakes, &signature, years, &game.streams, listen);
        Agreement {
            month: game.month + 1,
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

    fn play_block(
        &self,
        luck: engine::Luck,
        replications: Range<u64>,
        each: impl FnMut(u64, &Outcome),
    ) {
        side_by_side::play(self, luck, replications, each);
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

impl Game {
    /// What the coming month depends on beside its course.
    pub(super) fn circumstances(&self) -> Circumstances<f64> {
        let flag = |is| f64::from(u8::from(is));
        Circumstances {
            month: f64::from(self.month),
            open: flag(self.open),
            revisionist: flag(self.secrets.revisionist),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peace::course::{CHANNELS, FRONT, RHETORIC, SUPPORT, TABLE, UNITY};

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
