//! Who the actors are and what they talk about: the part of a model that a scenario file holds.

use crate::parameter::{Invalid, MOST};

/// The most issues that can be on the table.
pub const MAX_ISSUES: usize = 8;

/// The most members that a coalition can have.
pub const MAX_MEMBERS: usize = 32;

/// The most parties to a negotiation.
pub const MAX_PARTIES: usize = 64;

/// Issues, actors, blocs, influence and elections, each in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What is on the table.
    pub issues: Vec<Issue>,
    /// Who is there.
    pub actors: Vec<Actor>,
    /// Groups of members that may have a unity of their own.
    pub blocs: Vec<Bloc>,
    /// Rows of the influence matrix that are not left to capability.
    pub influence: Vec<Weights>,
    /// When a member's readiness to support shifts.
    pub elections: Vec<Election>,
}

/// Something on the table: a level from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Its name.
    pub name: String,
    /// What the model does with it beyond preferences.
    pub role: Option<IssueRole>,
    /// The level while the war goes on; of territory it is the front.
    pub while_fighting: Option<f64>,
    /// How far the front moves that level, in log-odds per log-odds.
    pub spillover: f64,
    /// Where its numbers come from: key and source.
    pub sources: Vec<(String, String)>,
}

/// What the model does with an issue beyond preferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueRole {
    /// Its level while fighting is the share of land held.
    Territory,
    /// It deters a return to war.
    Guarantee,
    /// It lets accidents be monitored.
    HumanitarianAccess,
}

impl IssueRole {
    /// Every role with the word that a scenario uses for it.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("territory", Self::Territory),
        ("guarantee", Self::Guarantee),
        ("humanitarian_access", Self::HumanitarianAccess),
    ];
}

/// A state (or a group of states that acts as one).
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// Its name.
    pub name: String,
    /// Which side it is on.
    pub role: Role,
    /// The bloc it belongs to, if the scenario has blocs.
    pub bloc: Option<String>,
    /// One ideal level for each issue.
    pub ideal: Vec<f64>,
    /// One weight for each issue, as written.
    pub salience: Vec<f64>,
    /// The exponent of losses.
    pub curvature: f64,
    /// Median of the cost of fighting on, in utility. Belligerents.
    pub cost_median: f64,
    /// Spread of the logarithm of that cost. Belligerents.
    pub cost_log_sd: f64,
    /// Optimism about the front, in log-odds of land. Belligerents.
    pub optimism: f64,
    /// Loss from a deal that breaks, in utility. Belligerents.
    pub break_loss: f64,
    /// Weight in aid, votes and influence. Members and parties; belligerents where a forecast weighs
    /// everybody, 0 if it is not given.
    pub capability: f64,
    /// Log-odds of supporting by itself. Members.
    pub support: f64,
    /// How these fall, per year. Members.
    pub fatigue: f64,
    /// How rhetoric moves them. Members.
    pub rally: f64,
    /// Where its numbers come from: key and source.
    pub sources: Vec<(String, String)>,
}

/// Which side an actor is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Wants to change how things are.
    Challenger,
    /// Defends them.
    Defender,
    /// Backs the defender.
    Member,
    /// Takes part in a negotiation without a war.
    Party,
}

impl Role {
    /// Every role with the word that a scenario uses for it.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("challenger", Self::Challenger),
        ("defender", Self::Defender),
        ("member", Self::Member),
        ("party", Self::Party),
    ];
}

/// A group of members.
#[derive(Clone, Debug, PartialEq)]
pub struct Bloc {
    /// Its name.
    pub name: String,
    /// Its level of unity; nothing where it follows the common one.
    pub unity: Option<f64>,
}

/// One row of the influence matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Who listens.
    pub member: String,
    /// To whom, and how much; divided by their sum.
    pub weights: Vec<(String, f64)>,
}

/// A month in which a member's readiness to support shifts for good.
#[derive(Clone, Debug, PartialEq)]
pub struct Election {
    /// The month, counted from 1.
    pub month: u32,
    /// Whose.
    pub actor: String,
}

impl Scenario {
    /// The number at a path such as `["actors", "Russia", "salience", "territory"]`.
    ///
    /// # Errors
    ///
    /// The keys that would have been possible in place of the first one that names nothing.
    pub fn number_mut(&mut self, path: &[String]) -> Result<&mut f64, Vec<String>> {
        let [section, name, rest @ ..] = path else {
            return Err(names(["actors", "issues", "blocs"]));
        };
        match section.as_str() {
            "actors" => {
                let issues: Vec<String> = self.issues.iter().map(|i| i.name.clone()).collect();
                find(&mut self.actors, name, |actor| &actor.name)?.number_mut(rest, &issues)
            }
            "issues" => find(&mut self.issues, name, |issue| &issue.name)?.number_mut(rest),
            "blocs" => match rest {
                [key] if key == "unity" => {
                    let bloc = find(&mut self.blocs, name, |bloc| &bloc.name)?;
                    Ok(bloc.unity.get_or_insert(0.0))
                }
                _ => Err(names(["unity"])),
            },
            _ => Err(names(["actors", "issues", "blocs"])),
        }
    }

    /// Every path of a number that can be changed.
    pub fn number_paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        for actor in &self.actors {
            let own: &[&str] = match actor.role {
                Role::Party => &["capability"],
                Role::Member => &["capability", "support", "fatigue", "rally", "curvature"],
                Role::Challenger | Role::Defender => &[
                    "war_cost.median",
                    "war_cost.log_sd",
                    "optimism",
                    "break_loss",
                    "curvature",
                    "capability",
                ],
            };
            let path =
                |keys: &str| names(["actors", &actor.name].into_iter().chain(keys.split('.')));
            paths.extend(own.iter().map(|keys| path(keys)));
            for issue in &self.issues {
                paths.extend(
                    ["ideal", "salience"]
                        .map(|key| names(["actors", &actor.name, key, &issue.name])),
                );
            }
        }
        let bloc = |bloc: &Bloc| names(["blocs", &bloc.name, "unity"]);
        paths.extend(self.blocs.iter().map(bloc));
        for issue in self.issues.iter().filter(|issue| issue.role != Some(IssueRole::Territory)) {
            paths.extend(
                ["while_fighting", "spillover"].map(|key| names(["issues", &issue.name, key])),
            );
        }
        paths
    }

    /// Checks all that can be said about a scenario without a model: of a war, or of a negotiation
    /// between parties.
    ///
    /// # Errors
    ///
    /// [`Invalid`] for the first rule that is broken.
    pub fn check(&self) -> Result<(), Invalid> {
        let parties = self.actors.iter().filter(|actor| actor.role == Role::Party).count();
        let war = parties == 0;
        self.check_issues(war)?;
        if war {
            self.check_roles()?;
        } else {
            self.check_parties(parties)?;
        }
        self.check_names()?;
        self.actors.iter().try_for_each(|actor| actor.check(&self.issues))?;
        let sum: f64 = self.members().map(|member| member.capability).sum();
        if self.members().count() > 0 && sum <= 0.0 {
            let rule = "must hold a member with a capability above 0";
            return Err(Invalid::new("actors", "without capability", rule));
        }
        self.check_blocs()?;
        self.check_influence()?;
        self.check_elections()
    }

    /// The same, and that it is about a war.
    ///
    /// # Errors
    ///
    /// [`Invalid`] for the first rule that is broken.
    pub fn check_war(&self) -> Result<(), Invalid> {
        self.check()?;
        if self.actors.iter().any(|actor| actor.role == Role::Party) {
            let rule = "must hold one challenger and one defender in a world about war";
            return Err(Invalid::new("actors", "a table of parties", rule));
        }
        Ok(())
    }

    /// The members of the coalition, in order.
    pub fn members(&self) -> impl Iterator<Item = &Actor> {
        self.actors.iter().filter(|actor| actor.role == Role::Member)
    }

    /// The issue with a role.
    pub fn issue_with(&self, role: IssueRole) -> Option<usize> {
        self.issues.iter().position(|issue| issue.role == Some(role))
    }

    fn check_issues(&self, war: bool) -> Result<(), Invalid> {
        let count = self.issues.len();
        if !(1..=MAX_ISSUES).contains(&count) {
            let rule = format!("must hold 1 to {MAX_ISSUES}");
            return Err(Invalid::new("issues", format!("a table of {count}"), rule));
        }
        for (name, role) in IssueRole::NAMES {
            let count = self.issues.iter().filter(|issue| issue.role == Some(role)).count();
            if count > 1 {
                let found = format!("a table with {count} of the role {name:?}");
                return Err(Invalid::new("issues", found, "must hold one at most"));
            }
        }
        self.issues.iter().try_for_each(|issue| issue.check(war))
    }

    /// Names become columns, in which a space is an underscore.
    fn check_names(&self) -> Result<(), Invalid> {
        let lists = [
            ("issues", self.issues.iter().map(|issue| &issue.name).collect::<Vec<_>>()),
            ("actors", self.actors.iter().map(|actor| &actor.name).collect()),
        ];
        for (path, all) in lists {
            let columns: Vec<String> = all.iter().map(|name| name.replace(' ', "_")).collect();
            for (at, name) in all.iter().enumerate() {
                if columns[..at].contains(&columns[at]) {
                    let rule =
                        "must differ from every other name in more than spaces and underscores";
                    return Err(Invalid::new(format!("{path}.{}", key(name)), "named so", rule));
                }
            }
        }
        Ok(())
    }

    fn check_roles(&self) -> Result<(), Invalid> {
        for (name, role) in [("challenger", Role::Challenger), ("defender", Role::Defender)] {
            let count = self.actors.iter().filter(|actor| actor.role == role).count();
            if count != 1 {
                let found = format!("a table with {count} of the role {name:?}");
                return Err(Invalid::new("actors", found, "must hold exactly one"));
            }
        }
        let count = self.members().count();
        if count > MAX_MEMBERS {
            let rule = format!("must hold {MAX_MEMBERS} members at most");
            return Err(Invalid::new("actors", format!("a table with {count} members"), rule));
        }
        Ok(())
    }

    /// Parties stand by themselves.
    fn check_parties(&self, parties: usize) -> Result<(), Invalid> {
        if parties < self.actors.len() {
            let rule = "must hold parties alone, or a challenger, a defender and members";
            let found = format!("a table with {parties} of the role \"party\"");
            return Err(Invalid::new("actors", found, rule));
        }
        if parties > MAX_PARTIES {
            let rule = format!("must hold {MAX_PARTIES} parties at most");
            return Err(Invalid::new("actors", format!("a table with {parties} parties"), rule));
        }
        Ok(())
    }

    fn check_blocs(&self) -> Result<(), Invalid> {
        if self.blocs.len() > MAX_MEMBERS {
            let rule = format!("must number {MAX_MEMBERS} at most");
            return Err(Invalid::new("blocs", self.blocs.len(), rule));
        }
        for bloc in &self.blocs {
            share(&format!("blocs.{}.unity", key(&bloc.name)), bloc.unity.unwrap_or(0.0))?;
        }
        for member in self.members() {
            let Some(name) = &member.bloc else { continue };
            if !self.blocs.iter().any(|bloc| bloc.name == *name) {
                let path = format!("actors.{}.bloc", key(&member.name));
                let known: Vec<&str> = self.blocs.iter().map(|bloc| bloc.name.as_str()).collect();
                let rule = format!("must be one of the blocs: {}", known.join(", "));
                return Err(Invalid::new(path, format!("{name:?}"), rule));
            }
        }
        Ok(())
    }

    fn check_influence(&self) -> Result<(), Invalid> {
        for row in &self.influence {
            let path = format!("influence.{}", key(&row.member));
            self.check_member(&path, &row.member)?;
            let mut sum = 0.0;
            for (name, weight) in &row.weights {
                let path = format!("{path}.{}", key(name));
                self.check_member(&path, name)?;
                positive(&path, *weight)?;
                sum += weight;
            }
            if sum <= 0.0 {
                return Err(Invalid::new(path, sum, "must hold a weight above 0"));
            }
        }
        Ok(())
    }

    fn check_elections(&self) -> Result<(), Invalid> {
        for election in &self.elections {
            self.check_member("elections", &election.actor)?;
            if election.month == 0 {
                return Err(Invalid::new("elections", 0, "months must be counted from 1"));
            }
        }
        Ok(())
    }

    fn check_member(&self, path: &str, name: &str) -> Result<(), Invalid> {
        if self.members().any(|member| member.name == name) {
            return Ok(());
        }
        let known: Vec<&str> = self.members().map(|member| member.name.as_str()).collect();
        let rule = format!("must be the name of a member: {}", known.join(", "));
        Err(Invalid::new(path, format!("{name:?}"), rule))
    }
}

impl Issue {
    fn number_mut(&mut self, path: &[String]) -> Result<&mut f64, Vec<String>> {
        match path {
            _ if self.role == Some(IssueRole::Territory) => Err(Vec::new()),
            [key] if key == "while_fighting" => Ok(self.while_fighting.get_or_insert(0.0)),
            [key] if key == "spillover" => Ok(&mut self.spillover),
            _ => Err(names(["while_fighting", "spillover"])),
        }
    }

    fn check(&self, war: bool) -> Result<(), Invalid> {
        let path = format!("issues.{}", key(&self.name));
        let level = format!("{path}.while_fighting");
        match (self.role, self.while_fighting) {
            (Some(IssueRole::Territory), Some(value)) => {
                let rule = "must be left out: the level of territory is the front (`front.held`)";
                return Err(Invalid::new(level, value, rule));
            }
            (Some(IssueRole::Territory), None) if self.spillover != 0.0 => {
                let rule = "must be left out: territory is the front itself";
                return Err(Invalid::new(format!("{path}.spillover"), self.spillover, rule));
            }
            (_, None) if war && self.role != Some(IssueRole::Territory) => {
                return Err(Invalid::new(level, "missing", "every other issue needs it"));
            }
            (_, Some(value)) => share(&level, value)?,
            (_, None) => {}
        }
        positive(&format!("{path}.spillover"), self.spillover)
    }
}

impl Actor {
    fn number_mut(&mut self, path: &[String], issues: &[String]) -> Result<&mut f64, Vec<String>> {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        match keys[..] {
            ["ideal" | "salience", issue] => {
                let place = issues.iter().position(|name| name == issue);
                let place = place.ok_or_else(|| issues.to_vec())?;
                let levels = if keys[0] == "ideal" { &mut self.ideal } else { &mut self.salience };
                Ok(&mut levels[place])
            }
            ["ideal" | "salience"] => Err(issues.to_vec()),
            ["war_cost", "median"] if self.fights() => Ok(&mut self.cost_median),
            ["war_cost", "log_sd"] if self.fights() => Ok(&mut self.cost_log_sd),
            ["war_cost", ..] if self.fights() => Err(names(["median", "log_sd"])),
            ["optimism"] if self.fights() => Ok(&mut self.optimism),
            ["break_loss"] if self.fights() => Ok(&mut self.break_loss),
            ["capability"] => Ok(&mut self.capability),
            ["curvature"] if self.role != Role::Party => Ok(&mut self.curvature),
            ["support"] if self.role == Role::Member => Ok(&mut self.support),
            ["fatigue"] if self.role == Role::Member => Ok(&mut self.fatigue),
            ["rally"] if self.role == Role::Member => Ok(&mut self.rally),
            _ => {
                let own: &[&str] = match self.role {
                    Role::Party => &[],
                    Role::Member => &["curvature", "support", "fatigue", "rally"],
                    Role::Challenger | Role::Defender => {
                        &["curvature", "war_cost", "optimism", "break_loss"]
                    }
                };
                Err(names(["ideal", "salience", "capability"].iter().chain(own).copied()))
            }
        }
    }

    /// Whether it is one of the two belligerents.
    pub fn fights(&self) -> bool {
        matches!(self.role, Role::Challenger | Role::Defender)
    }

    fn check(&self, issues: &[Issue]) -> Result<(), Invalid> {
        let path = |rest: &str| format!("actors.{}.{rest}", key(&self.name));
        if (self.ideal.len(), self.salience.len()) != (issues.len(), issues.len()) {
            let rule = "must have one level and one weight for each issue";
            return Err(Invalid::new(path("ideal"), self.ideal.len(), rule));
        }
        for (at, issue) in issues.iter().enumerate() {
            share(&path(&format!("ideal.{}", key(&issue.name))), self.ideal[at])?;
            positive(&path(&format!("salience.{}", key(&issue.name))), self.salience[at])?;
        }
        let sum: f64 = self.salience.iter().sum();
        // A party that does not care weighs nothing.
        if sum <= 0.0 && self.role != Role::Party {
            return Err(Invalid::new(path("salience"), sum, "must hold a weight above 0"));
        }
        if !(1.0..=100.0).contains(&self.curvature) {
            let rule = "must be a number in [1, 100]";
            return Err(Invalid::new(path("curvature"), self.curvature, rule));
        }
        if self.fights() {
            if !(1e-9..=MOST).contains(&self.cost_median) {
                let rule = format!("must be a number in [1e-9, {MOST}]");
                return Err(Invalid::new(path("war_cost.median"), self.cost_median, rule));
            }
            if !(0.0..=10.0).contains(&self.cost_log_sd) {
                let rule = "must be a number in [0, 10]";
                return Err(Invalid::new(path("war_cost.log_sd"), self.cost_log_sd, rule));
            }
            finite(&path("optimism"), self.optimism)?;
            finite(&path("break_loss"), self.break_loss)?;
        }
        positive(&path("capability"), self.capability)?;
        finite(&path("support"), self.support)?;
        finite(&path("fatigue"), self.fatigue)?;
        finite(&path("rally"), self.rally)
    }
}

fn names<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    keys.into_iter().map(str::to_owned).collect()
}

fn find<'a, T>(
    items: &'a mut [T],
    name: &str,
    of: impl Fn(&T) -> &String,
) -> Result<&'a mut T, Vec<String>> {
    match items.iter().position(|item| of(item) == name) {
        Some(place) => Ok(&mut items[place]),
        None => Err(items.iter().map(|item| of(item).clone()).collect()),
    }
}

/// A name as it stands in a dotted key: in quotes where it is not a bare word.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { format!("{name:?}") }
}

/// Names as a dotted path.
pub(crate) fn path(names: &[&str]) -> String {
    names.iter().map(|name| key(name)).collect::<Vec<String>>().join(".")
}

fn share(path: &str, value: f64) -> Result<(), Invalid> {
    let inside = (0.0..=1.0).contains(&value);
    if inside { Ok(()) } else { Err(Invalid::new(path, value, "must be a number in [0, 1]")) }
}

fn positive(path: &str, value: f64) -> Result<(), Invalid> {
    let rule = || format!("must be a number in [0, {MOST}]");
    if (0.0..=MOST).contains(&value) { Ok(()) } else { Err(Invalid::new(path, value, rule())) }
}

fn finite(path: &str, value: f64) -> Result<(), Invalid> {
    let rule = || format!("must be a number in [-{MOST}, {MOST}]");
    if value.abs() <= MOST { Ok(()) } else { Err(Invalid::new(path, value, rule())) }
}
