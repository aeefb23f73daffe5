//! The servers with the most octets.

use tapline_analysis::human;

use super::{Line, Part};
use crate::model::{Host, Model, Spot};
use crate::theme::Role;
use crate::view::pen;

/// How many are listed.
const LISTED: usize = 8;

/// Cells of the figures.
const FIGURE_WIDTH: usize = 9;

pub(super) fn parts(model: &Model, width: u16) -> Vec<Part> {
    let hosts = model.rows.hosts();
    let name_width = usize::from(width).saturating_sub(3 * FIGURE_WIDTH + 1);
    if hosts.len() == 0 || name_width < 8 {
        return Vec::new();
    }
    let mut title = "busiest servers".to_owned();
    if hosts.len() > LISTED {
        title += &format!(", {LISTED} of {}", human::count(hosts.len() as u64));
    }
    if hosts.left_out() > 0 {
        title += &format!(" and those of {}", human::plural(hosts.left_out(), "more connection"));
    }
    let heading = vec![
        (format!("{title:name_width$}"), Role::Strong),
        (format!("{:>FIGURE_WIDTH$}{:>FIGURE_WIDTH$}{:>FIGURE_WIDTH$}", "conns", "reqs", "data"), Role::Dim),
    ];
    let mut parts = vec![(None, vec![Line::new(), heading])];
    for (rank, (server, host)) in hosts.busiest(LISTED).into_iter().enumerate() {
        let Host { connections, requests, bytes } = host;
        let name = pen::clip(&server.name(), name_width.saturating_sub(1)).into_owned();
        let pad = name_width.saturating_sub(usize::from(pen::columns(&name)));
        let figures = [human::count(connections), human::count(requests), human::bytes(bytes)];
        let figures = figures.map(|figure| format!("{figure:>FIGURE_WIDTH$}")).concat();
        let line = vec![(name + &" ".repeat(pad), Role::Name), (figures, Role::Plain)];
        parts.push((Some(Spot::Host(rank)), vec![line]));
    }
    parts
}
