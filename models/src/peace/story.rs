//! The story of one replication: its events, and how they are put into words.

use engine::{Line, LogOdds, logistic};

use super::coalition::Vote;
use super::compliance::Year;
use super::offers::Offers;
use super::outcome::{Cause, Outcome};
use super::table::{Month, Proposer};

/// Something that happens in a replication.
pub(super) enum Event<'a> {
    /// What nobody else sees.
    Opening { revisionist: bool, challenger_cost: f64, defender_cost: f64 },
    /// A month has passed, before anybody talks.
    Month {
        month: u32,
        unity: f64,
        support: f64,
        level: f64,
        rhetoric: f64,
        belief: &'a LogOdds,
        audience: f64,
    },
    /// A month is over, and why it brought no signature, if it did not.
    MonthOver { cause: Option<Cause> },
    /// Talks were closed and stay so.
    NoTalks,
    /// Talks open again.
    Reopened,
    /// Talks end.
    BrokenOff,
    /// The proposer finds nothing worth offering.
    Passed { proposer: Proposer },
    /// An offer is made.
    Offered { proposer: Proposer, offer: usize, month: &'a Month<'a> },
    /// A belligerent answers.
    Answered { challenger: bool, gain: f64, accepted: bool },
    /// The coalition votes.
    Voted { vote: &'a Vote },
    /// An agreement is signed.
    Signed { offer: usize },
    /// A year under the agreement.
    Year(Year),
    /// It is over.
    Ended { outcome: &'a Outcome },
}

/// Somebody who watches a replication. Watching draws nothing and changes nothing.
pub(super) trait Listener {
    /// Whether it hears of offers, so that each must be found, even one that is refused whatever it is.
    const HEARS_OFFERS: bool = true;

    /// Hears of one event.
    fn hear(&mut self, event: &Event);
}

impl Listener for () {
    const HEARS_OFFERS: bool = false;

    #[inline]
    fn hear(&mut self, _event: &Event) {}
}

/// A listener that writes down every event in words.
pub(super) struct Narrator<'a> {
    issues: &'a [String],
    /// Challenger, defender, members.
    actors: &'a [String],
    offers: &'a Offers,
    when: String,
    lines: Vec<Line>,
}

type Values = Vec<(String, f64)>;

fn values(pairs: &[(&str, f64)]) -> Values {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

impl<'a> Narrator<'a> {
    pub(super) fn new((issues, actors, offers): (&'a [String], &'a [String], &'a Offers)) -> Self {
        Self { issues, actors, offers, when: String::new(), lines: Vec::new() }
    }

    pub(super) fn lines(self) -> Vec<Line> {
        self.lines
    }

    fn say(&mut self, event: &'static str, text: String, values: Values) {
        self.lines.push(Line { when: self.when.clone(), event, text, values });
    }

    fn name(&self, proposer: Proposer) -> &'a str {
        match proposer {
            Proposer::Challenger => &self.actors[0],
            Proposer::Defender => &self.actors[1],
            Proposer::Mediator => "The mediator",
        }
    }

    fn terms(&self, offer: usize) -> (String, Values) {
        let pairs = self.issues.iter().zip(self.offers.terms(offer));
        let text: Vec<String> = pairs.clone().map(|(name, x)| format!("{name} {x:.2}")).collect();
        (text.join(", "), pairs.map(|(name, x)| (format!("terms_{name}"), *x)).collect())
    }

    fn offered(&mut self, proposer: Proposer, offer: usize, month: &Month) {
        let stakes = self.offers.stakes(offer);
        let (challenger, defender) =
            (month.challenger_accepts(stakes), month.defender_accepts(stakes));
        let (text, mut numbers) = self.terms(offer);
        let chance = match proposer {
            Proposer::Challenger => {
                format!("thinks {} accepts with chance {defender:.2}", self.actors[1])
            }
            Proposer::Defender => {
                format!("thinks {} accepts with chance {challenger:.2}", self.actors[0])
            }
            Proposer::Mediator => {
                format!(
                    "on public beliefs they accept with chances {challenger:.2} and {defender:.2}"
                )
            }
        };
        numbers.extend(values(&[
            ("proposer", f64::from(proposer as u8)),
            ("challenger_accepts", challenger),
            ("defender_accepts", defender),
            ("challenger_gain", month.challenger_gain(stakes)),
            ("defender_gain", month.defender_gain(stakes)),
        ]));
        let text = format!("{} offers {text}; {chance}", self.name(proposer));
        self.say("offer", text, numbers);
    }

    fn voted(&mut self, vote: &Vote) {
        let members = &self.actors[2..];
        let against: Vec<&str> = members
            .iter()
            .zip(&vote.in_favour)
            .filter(|(_, favours)| !**favours)
            .map(|(name, _)| name.as_str())
            .collect();
        let who = match (members.is_empty(), against.is_empty()) {
            (true, _) => "there is no coalition to ask".to_owned(),
            (false, true) => "all members are in favour".to_owned(),
            (false, false) => format!("against: {}", against.join(", ")),
        };
        let how = if vote.as_one { "votes as one" } else { "votes member by member" };
        let verdict = if vote.endorsed { "endorses" } else { "does not endorse" };
        let text = format!(
            "The coalition {how} and {verdict} the draft ({:.0} % of capability in favour; {who})",
            100.0 * vote.share
        );
        let flag = |is: bool| f64::from(u8::from(is));
        let numbers = values(&[
            ("share_in_favour", vote.share),
            ("as_one", flag(vote.as_one)),
            ("endorsed", flag(vote.endorsed)),
        ]);
        self.say("vote", text, numbers);
    }

    fn ended(&mut self, outcome: &Outcome) {
        "end".clone_into(&mut self.when);
        let Some(signed) = &outcome.agreement else {
            let text = format!("No agreement after {} months", outcome.months_played);
            return self.say("end", text, Vec::new());
        };
        let text = match signed.fate.collapse {
            Some(year) => format!("Signed in month {}, broken in year {year}", signed.month),
            None => format!("Signed in month {}, in force to the end", signed.month),
        };
        let collapse = signed.fate.collapse.map(|year| ("collapse_year", f64::from(year)));
        self.say("end", text, values(&Vec::from_iter(collapse)));
    }
}

impl Listener for Narrator<'_> {
    fn hear(&mut self, event: &Event) {
        match *event {
            Event::Opening { revisionist, challenger_cost, defender_cost } => {
                let intent = if revisionist { "a revisionist" } else { "a settler" };
                let text = format!(
                    "{} is {intent}; fighting on costs it {challenger_cost:.3} and {} \
                     {defender_cost:.3} over the planning horizon",
                    self.actors[0], self.actors[1]
                );
                let intent = f64::from(u8::from(revisionist));
                let numbers = values(&[
                    ("revisionist", intent),
                    ("challenger_cost", challenger_cost),
                    ("defender_cost", defender_cost),
                ]);
                self.say("opening", text, numbers);
            }
            Event::Month { month, unity, support, level, rhetoric, belief, audience } => {
                self.when = format!("month {month}");
                let (held, belief) = (logistic(level), belief.probability());
                let text = format!(
                    "{:.1} % of the land held, rhetoric {rhetoric:+.2} (audience {audience:.2}), \
                     believed revisionist {belief:.2}, unity {unity:.2}, support {support:.2}",
                    100.0 * held
                );
                let numbers = values(&[
                    ("held", held),
                    ("rhetoric", rhetoric),
                    ("audience", audience),
                    ("belief", belief),
                    ("unity", unity),
                    ("support", support),
                ]);
                self.say("month", text, numbers);
            }
            Event::MonthOver { .. } => {}
            Event::NoTalks => self.say("no_talks", "No talks".to_owned(), Vec::new()),
            Event::Reopened => self.say("reopened", "Talks open".to_owned(), Vec::new()),
            Event::BrokenOff => self.say("broken_off", "Talks end".to_owned(), Vec::new()),
            Event::Passed { proposer } => {
                let text = format!("{} finds nothing worth offering", self.name(proposer));
                self.say("passed", text, values(&[("proposer", f64::from(proposer as u8))]));
            }
            Event::Offered { proposer, offer, month } => self.offered(proposer, offer, month),
            Event::Answered { challenger, gain, accepted } => {
                let who = &self.actors[usize::from(!challenger)];
                let verdict = if accepted { "accepts" } else { "refuses" };
                let text = format!("{who} {verdict}: it would gain {gain:+.3} over fighting on");
                let is_challenger = f64::from(u8::from(challenger));
                let numbers = values(&[("challenger", is_challenger), ("gain", gain)]);
                self.say(verdict, text, numbers);
            }
            Event::Voted { vote } => self.voted(vote),
            Event::Signed { offer } => {
                let (text, numbers) = self.terms(offer);
                self.say("signed", format!("Signed: {text}"), numbers);
            }
            Event::Year(Year { number, credibility, power, hazard, survival }) => {
                self.when = format!("year {number}");
                let text = format!(
                    "credibility {credibility:.2}, relative power {power:+.3}: breaks with chance \
                     {hazard:.3}, in force with chance {survival:.3}"
                );
                let numbers = values(&[
                    ("credibility", credibility),
                    ("power", power),
                    ("hazard", hazard),
                    ("survival", survival),
                ]);
                self.say("year", text, numbers);
            }
            Event::Ended { outcome } => self.ended(outcome),
        }
    }
}
