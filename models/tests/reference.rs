//! The reference point and the reference grid of the scenario `ukraine-core`.

mod common;
use common::{Run, core};

#[test]
fn the_reference_point() {
    let run = Run::of(&core(), &[], 100_000);
    for name in ["p_agreement","p_durable","p_durable_given_agreement","month","p_holds_1y","p_holds_2y","p_holds_5y","p_holds_10y","p_holds_20y","terms_territory","terms_sovereignty","terms_guarantees","lambda","months_no_talks","months_nothing_offered","months_refused_by_challenger","months_refused_by_defender","months_refused_by_both","months_refused_by_coalition","unity_mean","support_mean","held","payoff_Russia","payoff_Ukraine","payoff_United_States"] {
        println!("{name} {:.5} ± {:.5}", run.mean(name), run.error(name));
    }
}
