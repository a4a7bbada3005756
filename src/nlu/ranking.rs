use crate::dialogue::{Finding, Interpretation, Selection};

/// Interpretations with less confidence are not worth naming.
const FLOOR: f64 = 0.02;

/// Interpretations under way: each selection once, with its best reason.
#[derive(Debug, Clone, Default)]
pub(super) struct Ranking {
    ranked: Vec<Interpretation>,
}

impl Ranking {
    pub(super) fn add(&mut self, selection: Selection, confidence: f64, why: String) {
        match self.ranked.iter_mut().find(|known| known.selection == selection) {
            Some(known) if known.confidence < confidence => {
                known.confidence = confidence;
                known.why = why;
            }
            Some(_) => {}
            None => self.ranked.push(Interpretation { selection, confidence, why }),
        }
    }

    /// Adds all of another's, none surer than `ceiling`.
    pub(super) fn add_all(&mut self, other: &Self, ceiling: f64) {
        for reading in &other.ranked {
            self.add(reading.selection.clone(), reading.confidence.min(ceiling), reading.why.clone());
        }
    }

    /// How sure the best is.
    pub(super) fn best(&self) -> f64 {
        self.ranked.iter().map(|known| known.confidence).fold(0.0, f64::max)
    }

    /// Best first, without what is not worth naming.
    pub(super) fn finish(mut self) -> Finding {
        self.ranked.retain(|known| known.confidence >= FLOOR);
        self.whole()
    }

    /// Best first, with everything.
    pub(super) fn whole(mut self) -> Finding {
        self.ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        Finding { ranked: self.ranked, slots: Vec::new() }
    }
}
