//! Grammars: SRGS XML, builtin types, option and choice grammars, one compiled form to match keys and words against.
