//! Replications side by side: their months pass together, in lanes of wide registers, while each talks
//! alone; the outcomes are those of one replication after the other, to the last bit.

use std::collections::VecDeque;
use std::ops::Range;

use engine::{Abreast, Lanes, Luck, Number as _};

use super::course::{Circumstances, Course, Fortune, Pass};
use super::outcome::Outcome;
use super::play::Game;
use super::screen::Desk;
use super::world::Peace;

/// How many replications pass a month together.
const LANES: usize = 16;

/// Plays replications, handing each outcome on in order. A lane whose replication has ended takes the
/// next one that has not begun.
pub(super) fn play(
    peace: &Peace,
    luck: Luck,
    replications: Range<u64>,
    mut each: impl FnMut(u64, &Outcome),
) {
    let Range { start: mut told, end } = replications;
    if told >= end {
        return;
    }
    let mut begun = told;
    let mut games: Vec<Option<(u64, Game)>> = (0..LANES).map(|_| None).collect();
    let opening = Course::open(peace);
    let mut course = Course::<Lanes<LANES>>::open(peace);
    let mut fortune = Fortune::<Abreast<LANES>>::open(&luck.streams(told));
    let mut desk = Desk::new();
    let mut ended = VecDeque::new();
    while told < end {
        for (lane, game) in games.iter_mut().enumerate() {
            if game.is_none() && begun < end {
                let streams = luck.streams(begun);
                course.open_lane(lane, &opening);
                fortune.open_lane(lane, &streams);
                *game = Some((begun, peace.begin(&streams)));
                ended.push_back(None);
                begun += 1;
            }
        }
        pass(peace, &mut games, &mut course, &mut fortune);
        for (lane, place) in games.iter_mut().enumerate() {
            let Some((number, game)) = place else { continue };
            let outcome = peace.live_through(game, &course.moment(lane), &mut desk, &mut ());
            if outcome.is_some() {
                ended[(*number - told) as usize] = outcome;
                *place = None;
            }
        }
        while let Some(Some(outcome)) = ended.front() {
            each(told, outcome);
            ended.pop_front();
            told += 1;
        }
    }
}

/// One month of all games.
fn pass(
    peace: &Peace,
    games: &mut [Option<(u64, Game)>],
    course: &mut Course<Lanes<LANES>>,
    fortune: &mut Fortune<Abreast<LANES>>,
) {
    let zero = Lanes::splat(0.0);
    let mut circumstances = Circumstances { month: zero, open: zero, revisionist: zero };
    for (lane, game) in games.iter_mut().enumerate() {
        let Some((_, game)) = game else { continue };
        peace.elect(game, course, lane);
        circumstances.set_lane(lane, &game.circumstances());
    }
    peace.registers.dispatch(Pass { peace, course, circumstances, fortune });
}
