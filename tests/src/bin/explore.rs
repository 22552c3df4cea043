//! Scratch exploration, not to be committed at all.
#![allow(missing_docs, clippy::all, clippy::pedantic)]
use doorstep_tests::assault::{cost::pay, families::*};
use rustix::time::{ClockId, clock_gettime};
#[global_allocator]
static P: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;
fn cpu() -> f64 { let t = clock_gettime(ClockId::ProcessCPUTime); t.tv_sec as f64 + t.tv_nsec as f64 / 1e9 }
fn measure(f: &Family, size: usize, base: Option<(f64,f64)>) -> (f64,f64) {
    let case = (f.make)(size);
    P.reset_peak_usage();
    let before = P.current_usage();
    let t = cpu();
    let end = std::thread::scope(|s| std::thread::Builder::new().stack_size(256<<20).spawn_scoped(s, || pay(&case)).unwrap().join().unwrap());
    let t = cpu() - t;
    let mem = (P.peak_usage() - before) as f64 / 1048576.0;
    let (bt,bm) = base.unwrap_or((t,mem));
    println!("{:>9} B {:>8.1} ms {:>7.2}x {:>8.1} MiB {:>+8.1}  {:<45} {:?}", case.bytes(), t*1e3, t/bt, mem, mem-bm, f.name, end);
    (t,mem)
}
fn main() {
    let filter: String = std::env::args().nth(1).unwrap_or_default();
    let sizes: Vec<usize> = std::env::args().skip(2).map(|a| a.parse().unwrap()).collect();
    for size in sizes {
        println!("== {size}");
        for (set, fams, base) in [("doc", DOCUMENTS, honest as fn(usize)->Case), ("change", CHANGES, honest_paste), ("crowd", CROWDS, honest_changes)] {
            if !filter.is_empty() && !filter.split(',').any(|f| f == set) { continue; }
            let b = measure(&Family{name:"BASE", make: base}, size, None);
            let b = { let _ = b; measure(&Family{name:"BASE", make: base}, size, None) };
            println!("-- {set}");
            for f in fams { measure(f, size, Some(b)); }
        }
    }
}
