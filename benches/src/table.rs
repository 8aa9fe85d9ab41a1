//! Tables in Markdown.

/// The columns of a table.
pub struct Table {
    peers: Vec<String>,
    /// Which peers' figures are divided by which.
    ratios: Vec<(usize, usize)>,
}

impl Table {
    pub fn new(peers: &[&str], ratios: &[(&str, &str)]) -> Table {
        let at = |name: &str| peers.iter().position(|peer| *peer == name);
        Table {
            ratios: ratios.iter().filter_map(|(a, b)| Some((at(a)?, at(b)?))).collect(),
            peers: peers.iter().map(|peer| (*peer).to_owned()).collect(),
        }
    }

    pub fn head(&self) -> String {
        let mut head = format!("| {:<18} | {:<22} |", "workload", "figure");
        let mut rule = format!("| {:-<18} | {:-<22} |", "", "");
        for peer in &self.peers {
            head.push_str(&format!(" {peer:>9} |"));
            rule.push_str(" --------: |");
        }
        for &(a, b) in &self.ratios {
            let title = format!("{}/{}", self.peers[a], self.peers[b]);
            head.push_str(&format!(" {title:>16} |"));
            rule.push_str(" ---------------: |");
        }
        format!("{head}\n{rule}")
    }

    pub fn line(&self, workload: &str, row: &Row) -> String {
        let mut line = format!("| {workload:<18} | {:<22} |", row.what);
        for rounds in &row.figures {
            let figures = rounds.iter().flatten().copied().collect();
            line.push_str(&format!(" {:>9} |", shown(median(figures))));
        }
        for &(a, b) in &self.ratios {
            let both = row.figures[a].iter().zip(&row.figures[b]);
            let ratios = both.filter_map(|(a, b)| ratio((*a)?, (*b)?)).collect();
            let ratio = median(ratios).map_or("–".into(), |ratio| format!("{ratio:.2}"));
            line.push_str(&format!(" {ratio:>16} |"));
        }
        line
    }
}

/// One kind of figure of one workload.
pub struct Row {
    pub what: String,
    /// By peer, then by round. A peer that does not offer the workload has none.
    figures: Vec<Vec<Option<f64>>>,
}

impl Row {
    pub fn new(what: &str, peers: usize, rounds: usize) -> Row {
        Row { what: what.to_owned(), figures: vec![vec![None; rounds]; peers] }
    }

    pub fn put(&mut self, peer: usize, round: usize, figure: f64) {
        self.figures[peer][round] = Some(figure);
    }

    /// By peer: what its rounds measured.
    pub fn rounds(&self) -> impl Iterator<Item = &[Option<f64>]> {
        self.figures.iter().map(Vec::as_slice)
    }
}

/// Nothing, or as good as nothing, is no measure for anything.
fn ratio(a: f64, b: f64) -> Option<f64> {
    (b >= 0.01).then_some(a / b)
}

pub fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => None,
        n if n % 2 == 1 => Some(figures[middle]),
        _ => Some((figures[middle - 1] + figures[middle]) / 2.0),
    }
}

/// Three digits that mean something, or more before the point.
pub fn shown(figure: Option<f64>) -> String {
    match figure {
        None => "–".into(),
        Some(n) if n.abs() < 10.0 => format!("{n:.2}"),
        Some(n) if n.abs() < 100.0 => format!("{n:.1}"),
        Some(n) => format!("{n:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{median, ratio, shown};

    #[test]
    fn a_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn nothing_is_divided_by_next_to_nothing() {
        assert_eq!(ratio(2.0, 4.0), Some(0.5));
        assert_eq!(ratio(2.0, 0.000_1), None);
    }

    #[test]
    fn what_is_missing_is_shown_as_missing() {
        let figures = [None, Some(1.234), Some(12.34), Some(123.4)];
        assert_eq!(figures.map(shown), ["–", "1.23", "12.3", "123"]);
    }
}
