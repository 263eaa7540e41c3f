//! The SMTP half of the matrix.

use postroom_server::model::Protocol;

use crate::{case, visit};

/// Every file of `scripts/smtp`, by what is odd about the server.
const MATRIX: [&str; 79] = [
    "auth_421",
    "auth_454",
    "auth_challenges_until_silence",
    "auth_challenges_without_end",
    "auth_closed",
    "auth_code_alone",
    "auth_echoes_another_form",
    "auth_echoes_the_password",
    "auth_echoes_the_password_in_nonsense",
    "auth_json_error",
    "auth_json_error_with_the_token",
    "auth_line_too_long",
    "auth_login_with_odd_prompts",
    "auth_login_without_prompts",
    "auth_never_answered",
    "auth_not_offered",
    "auth_nothing_in_common",
    "auth_only_after_tls",
    "auth_refused_and_closed",
    "auth_refused_in_many_lines",
    "auth_reset",
    "bare_line_feeds",
    "ehlo_answered_twice",
    "ehlo_code_changes_midway",
    "ehlo_endless",
    "ehlo_endless_line",
    "ehlo_four_digits",
    "ehlo_hundred_lines",
    "ehlo_in_lower_case",
    "ehlo_line_without_code",
    "ehlo_never_answered",
    "ehlo_not_known",
    "ehlo_old_form_of_auth",
    "ehlo_thousand_lines",
    "greeting_421",
    "greeting_421_unfinished",
    "greeting_554",
    "greeting_byte_by_byte",
    "greeting_closed",
    "greeting_code_alone",
    "greeting_endless_empty_lines",
    "greeting_endless_line",
    "greeting_endless_lines",
    "greeting_four_digits",
    "greeting_in_euc_kr",
    "greeting_of_ftp",
    "greeting_of_http",
    "greeting_of_imap",
    "greeting_of_pop3",
    "greeting_of_tls",
    "greeting_reset",
    "greeting_silent",
    "greeting_that_never_ends",
    "greeting_that_never_ends_its_line",
    "greeting_that_trickles",
    "sender_421_in_the_middle",
    "sender_dropped_every_time",
    "sender_dropped_in_the_middle",
    "sender_endless",
    "sender_four_digits",
    "sender_never_answered",
    "sender_one_reply_missing",
    "sender_one_reply_too_many",
    "sender_over_its_size",
    "sender_put_off",
    "sender_refused",
    "sender_replies_without_end",
    "sender_reset_refused",
    "sender_without_pipelining",
    "starttls_closed",
    "starttls_good",
    "starttls_handshake_silent",
    "starttls_injection",
    "starttls_masked",
    "starttls_never_answered",
    "starttls_not_offered",
    "starttls_not_understood",
    "starttls_refused",
    "tls_good",
];

#[test]
fn the_matrix_has_every_file_and_every_file_is_in_the_matrix() {
    case::is_complete(Protocol::Smtp, &MATRIX);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_odd_smtp_server_ends_the_check_in_time_with_the_right_problem() {
    visit::run_all(Protocol::Smtp).await;
}
