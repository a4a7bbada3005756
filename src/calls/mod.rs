//! The host: finds a call, runs it one event at a time, drives fetch and NLU, writes the journal before it answers.
