//! Games in extensive form as games in normal form: everybody chooses a plan beforehand.

use crate::elementary::exp;
use crate::extensive::{ExtensiveForm, Next};
use crate::game::{GameError, NormalForm};

/// What a player would do at each of some information sets.
#[derive(Clone, Debug)]
struct Plan {
    sets: Vec<usize>,
    /// As far as it goes.
    actions: Vec<Option<usize>>,
}

impl Plan {
    /// Whether it does something else at a set than this action; not where the set is another player's,
    /// or it does not go so far.
    fn differs(&self, set: usize, action: usize) -> bool {
        let place = self.sets.iter().position(|own| *own == set);
        let planned = place.and_then(|place| self.actions.get(place));
        planned.is_some_and(|planned| *planned != Some(action))
    }
}

impl ExtensiveForm {
    /// The same game with everybody choosing a plan beforehand: what a player would do at each of its
    /// information sets that its own plan does not rule out. Nothing where somebody forgets.
    ///
    /// # Errors
    ///
    /// [`GameError`] where there are too many plans, or fewer than two players.
    pub fn reduced_normal_form(&self) -> Option<Result<NormalForm, GameError>> {
        self.has_perfect_recall().then(|| {
            let mut plans = Vec::new();
            for player in 0..self.players().len() {
                plans.push(self.plans(player));
                if plans[player].len() > NormalForm::MOST_STRATEGIES {
                    return Err(GameError::Plans { player: player + 1 });
                }
            }
            let names = plans.iter().map(|own| own.iter().map(|plan| self.name(plan)).collect());
            let names: Vec<Vec<String>> = names.collect();
            let mut payoffs = Vec::new();
            let profiles: usize = plans.iter().map(Vec::len).product();
            for mut number in 0..profiles {
                let mut profile = Vec::new();
                for own in &plans {
                    profile.push(&own[number % own.len()]);
                    number /= own.len();
                }
                payoffs.extend(self.outcome(&profile));
            }
            NormalForm::new(self.players().to_vec(), names, payoffs)
        })
    }

    /// All plans of a player, up to one more than can be solved: an action, or nothing where the plan
    /// itself rules the set out.
    fn plans(&self, player: usize) -> Vec<Plan> {
        // Sets in the order in which they are first met: a player's own earlier sets come before.
        let mut own: Vec<usize> =
            (0..self.sets().len()).filter(|set| self.sets()[*set].player == player).collect();
        own.sort_by_key(|set| self.nodes_of(*set).first().copied());
        let mut plans: Vec<Plan> = vec![Plan { sets: own.clone(), actions: Vec::new() }];
        for set in own {
            let mut longer = Vec::new();
            for plan in plans {
                let reached = self.nodes_of(set).iter().any(|node| self.allows(&plan, *node));
                let choices: Vec<Option<usize>> = if reached {
                    (0..self.sets()[set].actions.len()).map(Some).collect()
                } else {
                    vec![None]
                };
                for choice in choices {
                    let mut next = plan.clone();
                    next.actions.push(choice);
                    longer.push(next);
                }
            }
            plans = longer;
            if plans.len() > NormalForm::MOST_STRATEGIES {
                break;
            }
        }
        plans
    }

    /// Whether a plan, as far as it goes, leads to a node where its player is concerned.
    fn allows(&self, plan: &Plan, node: usize) -> bool {
        self.place(node).path.iter().all(|action| {
            let set = self.set_of(*action);
            !plan.differs(set, action - self.first(set))
        })
    }

    fn name(&self, plan: &Plan) -> String {
        let part = |(set, action): (&usize, &Option<usize>)| match action {
            Some(action) => self.sets()[*set].actions[*action].clone(),
            None => "*".to_owned(),
        };
        let parts: Vec<String> = plan.sets.iter().zip(&plan.actions).map(part).collect();
        if parts.is_empty() { "–".to_owned() } else { parts.join(" / ") }
    }

    /// What each player has, expected, where everybody follows a plan.
    fn outcome(&self, profile: &[&Plan]) -> Vec<f64> {
        let mut payoffs = vec![0.0; self.players().len()];
        for (node, place) in self.places().iter().enumerate() {
            let Next::End(own) = &place.next else { continue };
            if profile.iter().all(|plan| self.allows(plan, node)) {
                for (sum, payoff) in payoffs.iter_mut().zip(own) {
                    *sum += exp(place.log_luck) * payoff;
                }
            }
        }
        payoffs
    }
}

#[cfg(test)]
mod tests {
    use crate::extensive::tests::deterrence;

    #[test]
    fn plans_leave_out_what_they_rule_out() {
        let reduced = deterrence(-0.5).reduced_normal_form().expect("recall").expect("small");
        assert_eq!(
            reduced.strategies()[0],
            ["stay / *", "challenge / back down", "challenge / fight"]
        );
        assert_eq!(reduced.strategies()[1], ["concede", "resist"]);
        // Nash equilibria: the perfect one, and those in which an incredible answer deters.
        let found = reduced.equilibria().expect("two players");
        let perfect = vec![vec![0.0, 0.0, 1.0], vec![1.0, 0.0]];
        assert!(found.all.iter().any(|own| own.strategies == perfect));
        let deterred = vec![vec![1.0, 0.0, 0.0], vec![0.0, 1.0]];
        assert!(found.all.iter().any(|own| own.strategies == deterred) && found.degenerate);
    }
}
