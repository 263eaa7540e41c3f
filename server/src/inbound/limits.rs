//! How much of everything a client may use. Tests set what they want to reach.

use std::time::Duration;

use crate::config::InboundConfig;

/// Every bound of the mail server. What RFC 5321 4.5.3 asks to be allowed is allowed.
#[derive(Clone, Debug)]
pub struct Limits {
    pub connections: usize,
    pub connections_per_address: usize,
    pub messages_per_minute: u32,
    /// The largest message, as it was sent, in bytes.
    pub message_bytes: u64,
    /// The longest command, with its CR LF. Addresses may be UTF-8, and extensions bring parameters (RFC 6531 3.4).
    pub command_bytes: usize,
    /// The longest line of a message. RFC 5321 says 1000; what programs write is longer.
    pub text_line_bytes: usize,
    /// The largest header, and how much of a message is looked at while it arrives.
    pub head_bytes: usize,
    /// Recipients of one message.
    pub recipients: usize,
    /// Recipients that we do not take, in one connection.
    pub bad_recipients: u32,
    /// Commands that mean nothing or come at the wrong time, in one connection.
    pub bad_commands: u32,
    /// Commands that bring no mail nearer, between two messages.
    pub idle_commands: u32,
    /// `Received` fields of a message that goes in circles.
    pub received_fields: usize,
    /// From the end of one command to the end of the next (RFC 5321 4.5.3.2.7).
    pub command_time: Duration,
    /// Between two pieces of a message.
    pub data_time: Duration,
    /// The TLS handshake.
    pub handshake_time: Duration,
    /// Until the client takes our reply.
    pub reply_time: Duration,
    /// The whole connection.
    pub connection_time: Duration,
    /// A message must arrive at [`Self::slowest_bytes_per_second`] on the average once it takes longer than this.
    pub slow_after: Duration,
    pub slowest_bytes_per_second: u64,
    /// How long a client that we have done with may go on, so that it reads our last words before the connection breaks.
    pub linger: Duration,
}

impl Limits {
    /// What the operator decides, and the rest.
    #[must_use]
    pub fn of(config: &InboundConfig) -> Self {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            connections: count(config.connections),
            connections_per_address: count(config.connections_per_address),
            messages_per_minute: config.messages_per_minute,
            message_bytes: config.max_bytes(),
            command_bytes: 2_048,
            text_line_bytes: 1_048_576,
            head_bytes: 262_144,
            recipients: 100,
            bad_recipients: 10,
            bad_commands: 10,
            idle_commands: 100,
            received_fields: 50,
            command_time: Duration::from_secs(300),
            data_time: Duration::from_secs(180),
            handshake_time: Duration::from_secs(30),
            reply_time: Duration::from_secs(60),
            connection_time: Duration::from_secs(1_800),
            slow_after: Duration::from_secs(30),
            slowest_bytes_per_second: 1_024,
            linger: Duration::from_secs(2),
        }
    }
}
