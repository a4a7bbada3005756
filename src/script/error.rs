use crate::dialogue::Expr;

/// Why a script did not give a value; `error.semantic` to the document (VoiceXML 2.0 §5.2.6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// The script is wrong: syntax, an undeclared name, a thrown exception.
    #[error("{0}")]
    Semantic(String),
    /// The scripts of the turn took longer than allowed.
    #[error("the scripts of one turn took longer than {0} ms")]
    Time(u128),
    /// The engine itself could not be set up.
    #[error("the script engine cannot start: {0}")]
    Engine(String),
}

impl ScriptError {
    /// The same, with the expression and its place in the document.
    pub(super) fn located(self, expr: &Expr) -> Self {
        match self {
            Self::Semantic(message) => {
                let at = expr.at;
                Self::Semantic(format!(
                    "line {}, column {}: {message}, in `{}`",
                    at.line,
                    at.column,
                    expr.source.trim()
                ))
            }
            other => other,
        }
    }
}
