//! How a machine's messages are queued: the outer settings, and what the machine changes of them.

use super::expressions::time_unit;
use crate::ast::{self, Expression, ExpressionKind, QueueSettingKind, QueueStrategy, normal_number};
use crate::catalog::types as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{self, Backoff};

/// The longest wait unless something else is said, in microseconds.
const LONGEST_WAIT: i64 = 60_000_000;

/// The settings of these blocks; later ones win.
pub(super) fn settings(blocks: &[&ast::Queue], diagnostics: &mut Diagnostics) -> ir::Queue {
    let mut queue = ir::Queue::default();
    for setting in blocks.iter().flat_map(|block| &block.settings) {
        match &setting.kind {
            QueueSettingKind::Strategy(strategy) => queue.by_priority = *strategy == QueueStrategy::Priority,
            QueueSettingKind::Workers(count) => queue.workers = Some(*count),
            QueueSettingKind::Retry(times) => queue.retries = *times,
            QueueSettingKind::DeadLetter(kept) => queue.dead_letter = *kept,
            QueueSettingKind::Limit(limit) => queue.limit = Some(*limit),
            QueueSettingKind::Backoff(written) => {
                queue.backoff = backoff(written, diagnostics).unwrap_or(queue.backoff)
            }
        }
    }
    queue
}

fn backoff(written: &ast::Backoff, diagnostics: &mut Diagnostics) -> Option<Backoff> {
    match written {
        ast::Backoff::Fixed(wait) => Some(Backoff::Fixed(micros(wait, diagnostics)?)),
        ast::Backoff::Exponential { from, up_to } => {
            let longest = up_to.as_ref().map_or(Some(LONGEST_WAIT), |longest| micros(longest, diagnostics));
            let from = micros(from, diagnostics)?;
            Some(Backoff::Exponential { from, up_to: longest?.max(from) })
        }
    }
}

/// A duration that is written out, in microseconds.
fn micros(duration: &Expression, diagnostics: &mut Diagnostics) -> Option<i64> {
    let found = match &duration.kind {
        ExpressionKind::Duration { amount, unit } => match &amount.kind {
            ExpressionKind::Number(text) => scaled(text, time_unit(*unit).micros()),
            _ => None,
        },
        _ => None,
    };
    if found.is_none() {
        diagnostics.error(catalog::literal_duration(duration.span));
    }
    found
}

/// A decimal times a factor, if the result is whole and fits.
fn scaled(text: &str, factor: i64) -> Option<i64> {
    let text = normal_number(text)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let parts = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let product = digits.checked_mul(i128::from(factor))?;
    (product % parts == 0).then(|| i64::try_from(product / parts).ok()).flatten()
}
