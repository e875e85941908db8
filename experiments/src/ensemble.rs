//! `[ensemble]`: the same study under several sets of rules, as one more axis of its design.

use models::Value;

use crate::config::walk_fixed;
use crate::design::{Axis, Target, apply};
use crate::source::{ConfigError, Cursor, Tree, check_name, dotted};
use crate::study::Study;

/// What the axis is called.
pub(crate) const ENSEMBLE: &str = "ensemble";

/// What a member sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Where its values lead, and their paths.
    pub values: Vec<(String, Target, Value)>,
}

/// Reads the members and adds them to a design, after all that is swept.
pub(crate) fn read_ensemble(study: &mut Study, root: &Cursor) -> Result<(), ConfigError> {
    let Some(table) = root.get(ENSEMBLE)? else { return Ok(()) };
    let mut members = Vec::new();
    for (key, cursor) in table.entries()? {
        if !matches!(cursor.node.tree, Tree::Table(_)) {
            return Err(
                cursor.error("must be a table of values, such as { decision_rule = \"quantal\" }")
            );
        }
        check_name(&key.name)
            .map_err(|rule| cursor.error_here(format!("`{ENSEMBLE}.{}` {rule}", key.name)))?;
        let mut values = Vec::new();
        walk_fixed(&cursor, 2, &mut |path, value, place| {
            let target = study.target(&path, place)?;
            let path = dotted(&path);
            if study.design.axes.iter().any(|axis| axis.sets(&target)) {
                return Err(
                    place.error(format!("`{path}` is swept too: it must be one or the other"))
                );
            }
            if study.uncertain.iter().any(|own| own.target == target) {
                return Err(
                    place.error(format!("`{path}` is uncertain too: it must be one or the other"))
                );
            }
            let (mut settings, mut scenario) = (study.settings.clone(), study.scenario.clone());
            apply(&target, &value, &mut settings, &mut scenario)
                .map_err(|rule| place.error(rule))?;
            values.push((path, target, value));
            Ok(())
        })?;
        members.push(Member { name: key.name.clone(), values });
    }
    if members.len() < 2 {
        return Err(table.error_here(
            "`ensemble` must have two members at least: one alone tells nothing apart",
        ));
    }
    let levels = members.iter().map(|member| Value::Word(member.name.clone())).collect();
    let target = Target::Ensemble(members);
    study.design.axes.push(Axis { path: ENSEMBLE.to_owned(), target, levels });
    Ok(())
}
