//! Plays so many replications of the plain baseline and tells their means, as `replications` does.

use std::process::ExitCode;
use std::time::Instant;

use benches::{Asked, plain::Plain, tell};
use engine::Tally;

fn main() -> ExitCode {
    let Some(Asked { replications, seed, .. }) = Asked::read() else {
        eprintln!("usage: plain COUNT [SEED]");
        return ExitCode::from(2);
    };
    let plain = Plain::new(&benches::reference_study());
    let mut tallies = [Tally::default(); 6];
    let begin = Instant::now();
    plain.play(seed, replications, |end| {
        let signed = end.month.is_some();
        let month = end.month.map(f64::from);
        let values = [
            Some(f64::from(u8::from(signed))),
            Some(end.holds),
            month,
            Some(f64::from(end.months_open)),
            Some(end.payoffs[0]),
            Some(end.payoffs[1]),
        ];
        for (tally, value) in tallies.iter_mut().zip(values) {
            if let Some(value) = value {
                tally.add(value);
            }
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    tell(tallies.each_ref(), seconds);
    ExitCode::SUCCESS
}
