//! The form interpretation algorithm (VoiceXML 2.0 appendix C): feed an event, get a step. Sans I/O.
