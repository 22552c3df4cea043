//! Never: see below.
