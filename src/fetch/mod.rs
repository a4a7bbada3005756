//! Documents, scripts, grammars and submits over HTTP and from application folders: hosts, sizes, time limits, cookies.
