//! What voxbridge itself says to a caller whose call cannot go on, or has to wait.

use crate::calls::App;
use crate::channel::twilio::Farewell;

/// Why a call does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Something failed.
    Failed,
    /// There is no room for it.
    Busy,
}

/// The last words of an application for an occasion; without an application those of voxbridge, in English.
pub(super) fn farewell(app: Option<&App>, occasion: Occasion) -> Farewell<'_> {
    let lang = app.map_or("en-US", |app| &app.language);
    let words = app.and_then(|app| match occasion {
        Occasion::Failed => app.fallback.as_ref(),
        Occasion::Busy => app.busy.as_ref(),
    });
    let transfer = words.and_then(|words| words.transfer.as_deref());
    let message = words.and_then(|words| words.message.as_deref());
    Farewell { text: message.unwrap_or_else(|| usual(occasion, transfer.is_some(), lang)), lang, transfer }
}

/// What the caller hears once while an answer takes long.
pub(super) fn one_moment(lang: &str) -> &'static str {
    if is_spanish(lang) { "Un momento, por favor." } else { "One moment, please." }
}

fn usual(occasion: Occasion, is_connected: bool, lang: &str) -> &'static str {
    match (occasion, is_connected, is_spanish(lang)) {
        (Occasion::Failed, false, false) => "We are sorry, something went wrong. Please call again later.",
        (Occasion::Failed, false, true) => "Lo sentimos, algo ha salido mal. Por favor, vuelva a llamar más tarde.",
        (Occasion::Failed, true, false) => "We are sorry, something went wrong. Please hold while we connect you.",
        (Occasion::Failed, true, true) => "Lo sentimos, algo ha salido mal. Espere mientras le comunicamos.",
        (Occasion::Busy, false, false) => "All our lines are busy. Please call again later.",
        (Occasion::Busy, false, true) => "Todas nuestras líneas están ocupadas. Por favor, vuelva a llamar más tarde.",
        (Occasion::Busy, true, false) => "All our lines are busy. Please hold while we connect you.",
        (Occasion::Busy, true, true) => "Todas nuestras líneas están ocupadas. Espere mientras le comunicamos.",
    }
}

fn is_spanish(lang: &str) -> bool {
    lang.get(..2).is_some_and(|lang| lang.eq_ignore_ascii_case("es"))
}
