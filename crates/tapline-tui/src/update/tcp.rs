//! The plots of TCP: which is shown, of which side, and of which time.

use tapline_analysis::Sender;

use super::{pages, time};
use crate::keys::Action;
use crate::model::Model;

pub(super) fn act(model: &mut Model, action: Action) {
    match action {
        Action::Other | Action::Down => model.tcp.plot = model.tcp.plot.next(),
        Action::Up => model.tcp.plot = model.tcp.plot.next().next(),
        Action::Next => {
            let shown = model.close().map(|close| model.tcp.side(close));
            model.tcp.from = shown.map(|side| match side {
                Sender::Client => Sender::Server,
                Sender::Server => Sender::Client,
            });
        }
        Action::Back => pages::back(model),
        _ => time::act(model, action),
    }
}
