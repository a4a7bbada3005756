//! One folder a platform: a request becomes an event, a turn becomes the platform's answer.
