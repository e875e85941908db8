//! Plays so many replications of the plain baseline and tells their means, as `replications` does.

use std::process::ExitCode;
use std::time::Instant;

use benches::Asked;
use benches::plain::{Means, Plain};

fn main() -> ExitCode {
    let Some(Asked { replications, seed, .. }) = Asked::read() else {
        eprintln!("usage: plain COUNT [SEED]");
        return ExitCode::from(2);
    };
    let plain = Plain::new(&benches::reference_study());
    let mut means = Means::default();
    let begin = Instant::now();
    plain.play(seed, replications, |end| means.see(end));
    means.tell(begin.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}
