#[path="../tests/common/mod.rs"] mod common;
use engine::*;
fn main(){ let m=models::peace::Peace::new(&common::settings(&[]),&common::core()).unwrap();
 let t=std::time::Instant::now(); for _ in 0..10 {let _=models::peace::Peace::new(&common::settings(&[]),&common::core()).unwrap();} println!("new {:?}",t.elapsed()/10);
 let mut best=f64::MAX; let mut s=0.0; for b in 0..10 { let t=std::time::Instant::now(); for r in 0..5000 { let o=m.play(&Streams::new(Seed(1),b*5000+r)); let _=std::hint::black_box(&o); s+=1.0; } best=best.min(t.elapsed().as_secs_f64()/5000.0);} println!("{:.2} us, {:.0}/s {s}",best*1e6,1.0/best); }
