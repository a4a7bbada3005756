//! What the bridge says on its own account: a pure machine around the interpreter.
