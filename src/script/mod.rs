//! The ECMAScript engine: scopes, compiled expressions, limits. The only room that knows which engine it is.
