//! Free speech onto what the application understands: an utterance and a turn give ranked interpretations.
