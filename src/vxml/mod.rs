//! VoiceXML text to dialogue model, with diagnostics that point at line and column.
