//! Forged chunks.
