//! Writes the Kotlin, Swift or Python side of the bindings from the built library. It comes from this
//! workspace and not from elsewhere, because both sides must be of one UniFFI version.

fn main() {
    uniffi::uniffi_bindgen_main();
}
