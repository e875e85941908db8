#[path="../tests/common/mod.rs"] mod common;
use engine::*;
fn main(){ let m=models::peace::Peace::new(&common::settings(&[]),&common::core()).unwrap();
 for r in 0..2000 { let o=m.play(&Streams::new(Seed(1),r)); let _=std::hint::black_box(&o);} }
