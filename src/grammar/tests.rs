//! What grammars do, from their text to what an input means.
