//! `cargo xtask bench`: measures the figures of speed, in a release build. The measuring itself is done by a program of
//! the tests crate, and by `web/phone/stories/bench.mjs` in a real browser; this only starts them, prints what the second
//! one tells beside its bounds, and passes the verdict on.

use crate::web;
use crate::workshop::{Failure, Workshop, output, run};

/// Runs the measurements. With `check` a missed figure ends in exit code 1.
///
/// # Errors
/// What could not be built or run; with `check`, a missed figure.
pub fn bench(workshop: &Workshop, check: bool) -> Result<(), Failure> {
    let arguments = if check {
        vec!["--check".to_owned()]
    } else {
        Vec::new()
    };
    // Both parts are told, whatever the first one says.
    let heart = workshop.measure("bench", &arguments, "The bench did not pass.");
    let missed = app(workshop)?;
    heart?;
    if check && missed > 0 {
        return Err(Failure::new("The bench of the phone app did not pass."));
    }
    Ok(())
}

/// The phone app's part; gives how many bounds were missed.
fn app(workshop: &Workshop) -> Result<usize, Failure> {
    web::web(workshop)?;
    let phone = ["--package", "doorstep-client-core", "--features", "cli", "--bins"];
    let mut build = workshop.cargo(&["build", "--release"]);
    run("cargo build", build.args(phone))?;
    println!("\nThe phone app: typing, searching in 5,000 notes and opening, in a browser …");
    let mut program = workshop.command("node", &["web/phone/stories/bench.mjs"]);
    program
        .env("DOORSTEP_BIN_DIR", workshop.target.join("release"))
        .env("DOORSTEP_PATIENCE_MS", "300000");
    let figures = read(&output("bench.mjs", &mut program)?);
    if figures.is_empty() {
        return Err(Failure::new("bench.mjs measured nothing"));
    }
    println!("{:<78} {:>12} {:>12}", "figure", "measured", "at most");
    for figure in &figures {
        println!("{}", figure.line());
    }
    Ok(figures.iter().filter(|figure| figure.is_missed()).count())
}

/// One figure of the page's.
#[derive(Debug, PartialEq)]
struct Figure {
    what: String,
    value: f64,
    /// None where it is only told.
    most: Option<f64>,
    unit: String,
}

impl Figure {
    fn is_missed(&self) -> bool {
        self.most.is_some_and(|most| self.value > most)
    }

    fn line(&self) -> String {
        let bound = self
            .most
            .map_or_else(String::new, |most| format!("{most} {}", self.unit));
        let mark = if self.is_missed() { "  MISSED" } else { "" };
        let value = format!("{:.3} {}", self.value, self.unit);
        format!("{:<78} {value:>12} {bound:>12}{mark}", self.what)
    }
}

/// The lines that are figures; the page's program says other things too.
fn read(printed: &str) -> Vec<Figure> {
    let figure = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(Figure {
            what: value.get("what")?.as_str()?.to_owned(),
            value: value.get("value")?.as_f64()?,
            most: value.get("most")?.as_f64(),
            unit: value.get("unit")?.as_str()?.to_owned(),
        })
    };
    printed.lines().filter_map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_among_other_lines_and_held_against_their_bounds() {
        let printed = r#"
            {"what":"key, p50","value":4.25,"most":null,"unit":"ms"}
bench: held
{"what":"key, p99","value":16.5,"most":16,"unit":"ms"}
{"what":"open","value":999,"most":1000,"unit":"ms"}
{"what":"no value"}"#;
        let figures = read(printed);
        let missed: Vec<bool> = figures.iter().map(Figure::is_missed).collect();
        assert_eq!(missed, [false, true, false]);
        assert!(
            figures[1].line().ends_with("16.500 ms        16 ms  MISSED"),
            "{}",
            figures[1].line()
        );
        assert!(
            figures[2].line().ends_with("999.000 ms      1000 ms"),
            "{}",
            figures[2].line()
        );
    }
}
