//! The webhook server: configuration, routes, signatures.
