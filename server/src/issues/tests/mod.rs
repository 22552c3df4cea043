//! What becomes of issues, told by notes made with the edits of a phone.
