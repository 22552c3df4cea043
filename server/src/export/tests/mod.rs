//! What the export must do, told by notes made with the edits of a phone.
