//! The project's own form of games, in TOML: tables of payoffs, or trees.

use engine::{ExtensiveForm, InformationSet, Node, NormalForm, Step};

use super::{Game, TOO_MANY, profiles};
use crate::source::{ConfigError, Cursor, Source};

pub(super) fn read(source: &Source) -> Result<Game, ConfigError> {
    let root = Cursor::root(source);
    if root.get("tree")?.is_some() {
        extensive_form(&root).map(Game::Extensive)
    } else {
        normal_form(&root).map(Game::Normal)
    }
}

fn read_players(root: &Cursor) -> Result<Vec<String>, ConfigError> {
    let mut players: Vec<String> = Vec::new();
    for player in root.need("players")?.items()? {
        let name = player.name()?;
        if players.iter().any(|known| known == name) {
            return Err(player.error("must not stand there twice"));
        }
        players.push(name.to_owned());
    }
    Ok(players)
}

/// The project's own form: `players`, their `[strategies]`, and their `[payoffs]` nested by the
/// strategies of all players in order.
fn normal_form(root: &Cursor) -> Result<NormalForm, ConfigError> {
    root.only(&["players", "strategies", "payoffs"])?;
    let (cursor, players) = (root.need("players")?, read_players(root)?);
    let names: Vec<&str> = players.iter().map(String::as_str).collect();
    let (of_strategies, of_payoffs) = (root.need("strategies")?, root.need("payoffs")?);
    of_strategies.only(&names)?;
    of_payoffs.only(&names)?;
    let mut strategies = Vec::new();
    for name in &names {
        let own = of_strategies.need(name)?;
        let items = own.items()?;
        let texts = items.iter().map(|item| item.name().map(str::to_owned));
        strategies.push(texts.collect::<Result<Vec<String>, ConfigError>>()?);
    }
    let counts: Vec<usize> = strategies.iter().map(Vec::len).collect();
    let profiles = profiles(&counts).ok_or_else(|| of_strategies.error_here(TOO_MANY))?;
    let mut payoffs = vec![0.0; profiles * players.len()];
    for (player, name) in names.iter().enumerate() {
        let table = of_payoffs.need(name)?;
        nested(&table, &counts, 0, 1, &mut |profile, payoff| {
            payoffs[profile * names.len() + player] = payoff;
        })?;
    }
    let made = NormalForm::new(players, strategies, payoffs);
    made.map_err(|error| cursor.error_here(error.to_string()))
}

/// Reads lists in lists, one level for each player; `step` is how far apart profiles lie that differ
/// in the strategy of the first of `counts`.
fn nested(
    cursor: &Cursor,
    counts: &[usize],
    profile: usize,
    step: usize,
    each: &mut dyn FnMut(usize, f64),
) -> Result<(), ConfigError> {
    let Some((count, rest)) = counts.split_first() else {
        each(profile, cursor.number()?);
        return Ok(());
    };
    let items = cursor.items()?;
    if items.len() != *count {
        let rule = format!("must hold {count} entries, one for each strategy");
        return Err(cursor.error(rule));
    }
    for (at, item) in items.iter().enumerate() {
        nested(item, rest, profile + step * at, step * count, each)?;
    }
    Ok(())
}

/// `players`, and a `[tree]` of nodes: each with `payoffs`, and with either the `player` who decides and
/// its `actions`, or the branches of `chance` with their `probability`.
fn extensive_form(root: &Cursor) -> Result<ExtensiveForm, ConfigError> {
    root.only(&["players", "tree"])?;
    let (tree, players) = (root.need("tree")?, read_players(root)?);
    let mut reader = Tree { players, sets: Vec::new(), shared: Vec::new() };
    let node = reader.node(&tree, &[], &[])?;
    let made = ExtensiveForm::new(reader.players, reader.sets, &node);
    made.map_err(|error| tree.error_here(error.to_string()))
}

/// What is known of a tree while it is read.
struct Tree {
    players: Vec<String>,
    sets: Vec<InformationSet>,
    /// The places of those sets that have a name of their own.
    shared: Vec<usize>,
}

/// Deeper trees are refused before anything is made of them.
const MOST_MOVES: usize = ExtensiveForm::MOST_MOVES;

impl Tree {
    /// A node, reached by some actions; `more` is what else may stand there.
    fn node(&mut self, cursor: &Cursor, path: &[&str], more: &[&str]) -> Result<Node, ConfigError> {
        if path.len() > MOST_MOVES {
            return Err(cursor.error_here("the tree is too deep"));
        }
        cursor.only(&[&["payoffs", "player", "set", "actions", "chance"], more].concat())?;
        let payoffs = match cursor.get("payoffs")? {
            None => Vec::new(),
            Some(list) => list.items()?.iter().map(Cursor::number).collect::<Result<_, _>>()?,
        };
        if !payoffs.is_empty() && payoffs.len() != self.players.len() {
            let rule = format!("must hold {} numbers, one for each player", self.players.len());
            return Err(cursor.need("payoffs")?.error(rule));
        }
        let step = match (cursor.get("player")?, cursor.get("chance")?) {
            (Some(player), None) => self.decision(cursor, &player, path)?,
            (None, Some(chance)) => self.chance(&chance, path)?,
            (None, None) if cursor.get("payoffs")?.is_some() => Step::End,
            _ => {
                let rule = "a node must have a `player` with `actions`, or `chance`, or `payoffs`";
                return Err(cursor.error_here(rule));
            }
        };
        Ok(Node { payoffs, step })
    }

    fn decision(
        &mut self,
        at: &Cursor,
        player: &Cursor,
        path: &[&str],
    ) -> Result<Step, ConfigError> {
        let name = player.text()?;
        let Some(who) = self.players.iter().position(|known| known == name) else {
            let hint = crate::source::hint(name, &self.players);
            return Err(ConfigError { hint, ..player.error("must be the name of a player") });
        };
        let table = at.need("actions")?;
        let branches = table.entries()?;
        if branches.is_empty() {
            return Err(table.error_here("`actions` must hold at least one"));
        }
        let actions: Vec<String> = branches.iter().map(|(key, _)| key.name.clone()).collect();
        let set = if let Some(cursor) = at.get("set")? {
            let name = cursor.name()?.to_owned();
            self.shared(InformationSet { player: who, name, actions }, &cursor)?
        } else {
            let name = if path.is_empty() {
                "at the start".to_owned()
            } else {
                format!("after {}", path.join(", "))
            };
            self.sets.push(InformationSet { player: who, name, actions });
            self.sets.len() - 1
        };
        let mut nodes = Vec::new();
        for (key, branch) in &branches {
            nodes.push(self.node(branch, &[path, &[key.name.as_str()]].concat(), &[])?);
        }
        Ok(Step::Decision(set, nodes))
    }

    /// The set of that name, which must be the same wherever it stands.
    fn shared(&mut self, set: InformationSet, cursor: &Cursor) -> Result<usize, ConfigError> {
        let known = self.shared.iter().copied().find(|place| self.sets[*place].name == set.name);
        match known {
            Some(place) if self.sets[place] == set => Ok(place),
            Some(_) => {
                Err(cursor
                    .error("names an information set of another player or with other actions"))
            }
            None => {
                self.sets.push(set);
                self.shared.push(self.sets.len() - 1);
                Ok(self.sets.len() - 1)
            }
        }
    }

    fn chance(&mut self, table: &Cursor, path: &[&str]) -> Result<Step, ConfigError> {
        let mut branches = Vec::new();
        if table.entries()?.is_empty() {
            return Err(table.error_here("`chance` must hold at least one branch"));
        }
        for (key, branch) in table.entries()? {
            let probability = branch.need("probability")?.number()?;
            let path = [path, &[key.name.as_str()]].concat();
            branches.push((probability, self.node(&branch, &path, &["probability"])?));
        }
        let sum: f64 = branches.iter().map(|(probability, _)| probability).sum();
        if let Some(rule) = super::improbable(sum, branches.iter().map(|(own, _)| *own)) {
            return Err(
                table.error_here(format!("`{}` {rule}", crate::source::dotted(&table.path())))
            );
        }
        Ok(Step::Chance(branches))
    }
}
