//! The notebook as an app uses it.
