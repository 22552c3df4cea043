//! Issues: what software cannot settle, and the decisions that end it.
