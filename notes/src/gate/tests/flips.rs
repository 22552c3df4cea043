//! Every flipped byte with Automerge behind the gate.
