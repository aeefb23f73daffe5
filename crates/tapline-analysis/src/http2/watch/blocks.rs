//! Field blocks, put together from the frames that carry them.

use tapline_decode::http2::HeaderBlock;

use super::{Place, Says, Watch, floods};
use crate::Sender;

impl Watch {
    /// A piece of a field block: the block, where it is whole.
    pub(super) fn fragment(
        &mut self,
        stream: u32,
        promised: Option<u32>,
        block: Option<&HeaderBlock>,
        place: Place,
    ) {
        self.floods.block(place.from);
        match block {
            Some(block) => self.block(stream, promised, block, place),
            None => *self.open_block(place.from) = Some((stream, promised)),
        }
    }

    pub(super) fn continuation(&mut self, block: Option<&HeaderBlock>, place: Place) {
        let flood = self.floods.continuation(place.from);
        self.anomalies.extend(flood);
        if let Some(block) = block
            && let Some((stream, promised)) = self.open_block(place.from).take()
        {
            self.block(stream, promised, block, place);
        }
    }

    pub(super) fn block(&mut self, stream: u32, promised: Option<u32>, block: &HeaderBlock, place: Place) {
        self.told.side_mut(place.from).headers.add(block);
        self.anomalies.extend(floods::header_bomb(block.wire_bytes, block.decoded_bytes));
        let says = if place.from == Sender::Client { Says::Client } else { Says::Server };
        if let Some(value) = block.fields.get("priority") {
            self.priorities.urgency(promised.unwrap_or(stream), value, says);
        }
        let is_final = || block.fields.get(":status").is_some_and(|status| !status.starts_with(b"1"));
        if place.from == Sender::Server && promised.is_none() && !block.end_stream && is_final() {
            self.priorities.begin(stream);
        }
    }

    pub(super) fn open_block(&mut self, from: Sender) -> &mut Option<(u32, Option<u32>)> {
        let [client, server] = &mut self.open_blocks;
        if from == Sender::Client { client } else { server }
    }
}
