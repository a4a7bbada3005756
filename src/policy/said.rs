use crate::dialogue::{Event, FilledSlot, Finding, Happening, Heard, Hypothesis, Interpretation, Sensitive};

/// Words of the caller, without what they mean.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) at: i64,
    pub(super) utterance: Sensitive<String>,
    pub(super) confidence: Option<f64>,
    pub(super) alternatives: Vec<Hypothesis>,
}

impl Said {
    /// The event of saying them with this meaning.
    pub(super) fn meaning(self, finding: Finding) -> Event {
        let Self { at, utterance, confidence, alternatives } = self;
        Event { at, happening: Happening::Heard(Heard::Speech { utterance, confidence, alternatives, finding }) }
    }
}

/// What is handed to the application.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) said: Said,
    pub(super) ranked: Vec<Interpretation>,
    /// The field it is for, if it is known by name.
    pub(super) filled: Option<FilledSlot>,
    /// Whether that field is filled and gets a new value, rather than asked for.
    pub(super) corrects: bool,
}

impl Given {
    /// What was ranked, as it is.
    pub(super) fn ranked(said: Said, ranked: Vec<Interpretation>) -> Self {
        Self { said, ranked, filled: None, corrects: false }
    }

    /// One reading of what fills a field; `None` if it has no such reading.
    pub(super) fn reading(said: &Said, filled: &FilledSlot, place: usize, corrects: bool) -> Option<Self> {
        let reading = filled.readings.get(place)?;
        let ranked = vec![Interpretation {
            selection: reading.selection.clone(),
            confidence: filled.confidence,
            why: format!("{} in {}", reading.said, filled.slot),
        }];
        let filled = FilledSlot { readings: vec![reading.clone()], ..filled.clone() };
        Some(Self { said: said.clone(), ranked, filled: Some(filled), corrects })
    }

    /// The event as the application gets it: only the field that is corrected is named.
    pub(super) fn event(self) -> Event {
        let slots = self.filled.filter(|_| self.corrects).into_iter().collect();
        self.said.meaning(Finding { ranked: self.ranked, slots })
    }
}
