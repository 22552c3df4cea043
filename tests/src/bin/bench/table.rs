//! The figures as a table, each beside what it must reach.

/// One figure.
struct Line {
    what: String,
    value: f64,
    most: Option<f64>,
    unit: &'static str,
}

/// All figures of a run.
#[derive(Default)]
pub(crate) struct Table(Vec<Line>);

impl Table {
    /// A figure that may not be above a bound.
    pub(crate) fn at_most(&mut self, what: impl Into<String>, value: f64, most: f64, unit: &'static str) {
        self.0.push(Line {
            what: what.into(),
            value,
            most: Some(most),
            unit,
        });
    }

    /// A figure that is only told.
    pub(crate) fn told(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.0.push(Line {
            what: what.into(),
            value,
            most: None,
            unit,
        });
    }

    /// How many bounds were missed.
    pub(crate) fn missed(&self) -> usize {
        self.0
            .iter()
            .filter(|line| line.most.is_some_and(|most| line.value > most))
            .count()
    }

    /// Prints all.
    pub(crate) fn print(&self) {
        println!();
        println!("{:<78} {:>12} {:>12}", "figure", "measured", "at most");
        for line in &self.0 {
            let bound = line
                .most
                .map_or_else(String::new, |most| format!("{most} {}", line.unit));
            let mark = match line.most {
                Some(most) if line.value > most => "  MISSED",
                _ => "",
            };
            println!(
                "{:<78} {:>12} {bound:>12}{mark}",
                line.what,
                format!("{:.3} {}", line.value, line.unit)
            );
        }
        match self.missed() {
            0 => println!("\nAll bounds hold."),
            n => println!("\n{n} missed."),
        }
    }
}
