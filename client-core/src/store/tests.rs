//! The store's own behaviour, without a notebook.
