//! The journal of calls behind one trait.
