//! Bars with their spread, as an SVG.
//!
//! A group of bars a workload, a bar a peer. Workloads differ by orders of magnitude, so each
//! group has a scale of its own, on which the slowest peer is as long as there is room; the
//! figure stands beside each bar. The line on a bar goes from the first quartile of its
//! rounds to the third.

use crate::table::shown;

/// One peer's rounds of one workload.
pub struct Bar<'a> {
    pub peer: &'a str,
    pub rounds: Vec<f64>,
}

pub struct Group<'a> {
    pub workload: &'a str,
    /// What the figures are in, as "ns".
    pub unit: &'a str,
    pub bars: Vec<Bar<'a>>,
}

const WIDTH: f64 = 820.0;
const NAMES: f64 = 170.0;
const FIGURES: f64 = 90.0;
const TOP: f64 = 62.0;
const BAR: f64 = 13.0;
const GAP: f64 = 9.0;

/// Ours strong, the others pale.
fn color(peer: &str) -> &'static str {
    match peer {
        "ours" | "compat" => "#1769aa",
        "await" | "await02" => "#2f9e68",
        "stock" | "futures03" => "#d9a441",
        "tokio1" | "tokio02" => "#c9746b",
        _ => "#9aa0a6",
    }
}

/// The picture, below `title`, with a bar for each of `peers` that has figures.
pub fn svg(title: &str, peers: &[&str], groups: &[Group<'_>]) -> String {
    let lines: usize = groups.iter().map(|group| group.bars.len()).sum();
    let height = TOP + lines as f64 * BAR + groups.len() as f64 * GAP + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"22\" font-size=\"15\" fill=\"#111111\">{}</text>\n",
        escaped(title)
    );
    let mut x = NAMES;
    for peer in peers {
        svg.push_str(&format!(
            "<rect x=\"{x}\" y=\"36\" width=\"11\" height=\"11\" fill=\"{}\"/>\
             <text x=\"{}\" y=\"46\" fill=\"#333333\">{}</text>\n",
            color(peer),
            x + 16.0,
            escaped(peer)
        ));
        x += 92.0;
    }
    let mut y = TOP;
    for group in groups {
        y = draw(&mut svg, group, y) + GAP;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Draws a group from `y` on, and returns where it ends.
fn draw(svg: &mut String, group: &Group<'_>, y: f64) -> f64 {
    let quartiles: Vec<_> = group.bars.iter().map(|bar| quartiles(&bar.rounds)).collect();
    let longest = quartiles.iter().map(|[_, _, high]| *high).fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - NAMES - FIGURES) / longest;
    let middle = y + group.bars.len() as f64 * BAR / 2.0 + 4.0;
    svg.push_str(&format!(
        "<text x=\"{}\" y=\"{middle:.1}\" text-anchor=\"end\" fill=\"#111111\">{}</text>\n",
        NAMES - 8.0,
        escaped(group.workload)
    ));
    let mut top = y;
    for (bar, [low, median, high]) in group.bars.iter().zip(quartiles) {
        let (line, end) = (top + BAR / 2.0 - 1.0, NAMES + high * scale);
        svg.push_str(&format!(
            "<rect x=\"{NAMES}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"{}\"/>\
             <path d=\"M{:.1} {line:.1}H{end:.1}\" stroke=\"#222222\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#333333\">{} {}</text>\n",
            median * scale,
            BAR - 2.0,
            color(bar.peer),
            NAMES + low * scale,
            end + 5.0,
            top + BAR - 3.0,
            shown(Some(median)),
            escaped(group.unit)
        ));
        top += BAR;
    }
    top
}

/// The first, the second and the third; interpolated, as there are few rounds.
fn quartiles(rounds: &[f64]) -> [f64; 3] {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|share| {
        let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
        let at = share * last as f64;
        let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        below + (above - below) * at.fract()
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{quartiles, svg, Bar, Group};

    #[test]
    fn quartiles_are_of_the_sorted_rounds() {
        assert_eq!(quartiles(&[5.0, 1.0, 4.0, 2.0, 3.0]), [2.0, 3.0, 4.0]);
        assert_eq!(quartiles(&[1.0, 2.0]), [1.25, 1.5, 1.75]);
        assert_eq!(quartiles(&[]), [0.0; 3]);
    }

    #[test]
    fn the_slowest_bar_is_as_long_as_there_is_room_and_the_others_in_proportion() {
        let bars = [("ours", 1.0), ("stock", 4.0)]
            .map(|(peer, figure)| Bar { peer, rounds: vec![figure] });
        let group = Group { workload: "a<b", unit: "ns", bars: bars.into() };
        let svg = svg("title", &["ours", "stock"], &[group]);
        for part in ["width=\"560.0\"", "width=\"140.0\"", "a&lt;b", ">4.00 ns<"] {
            assert!(svg.contains(part), "no {part} in {svg}");
        }
    }
}
