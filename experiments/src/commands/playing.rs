//! What running and putting together have in common before anything is played.

use anyhow::{Result, bail};
use engine::AnyModel;
use experiments::{Study, double_column};

/// The model at the first design point, whose measures and years of survival all points share.
pub(super) fn first_model(study: &Study) -> Result<Box<dyn AnyModel>> {
    let model = study.build_drawn(&study.design.point(0), &study.drawn[0])?;
    if let Some(name) = double_column(study, &model.measure_infos()) {
        bail!(
            "{}: two columns would be called `{name}`: rename the actor or issue, or, where it is a parameter that is \
             also the name of an estimate, leave it fixed",
            study.name
        );
    }
    Ok(model)
}
