//! The case system's door: versions of finished notes as events, and the receipts that answer them.
