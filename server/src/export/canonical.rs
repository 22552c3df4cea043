//! Canonical JSON (RFC 8785). Most of what is sent needs nothing of it: its names are ASCII and stand in order, and its
//! numbers are small and whole. That is written as it is, in a third of the time.

use serde_json::Value;

use crate::store::StoreError;

/// The largest whole number that has one form only (RFC 8785 section 3.2.2.3).
pub(super) const LARGEST: u64 = (1 << 53) - 1;

/// A value as canonical JSON.
pub(super) fn canonical(value: &Value) -> Result<Vec<u8>, StoreError> {
    let written = if is_canonical(value) {
        serde_json::to_vec(value)
    } else {
        serde_json_canonicalizer::to_vec(value)
    };
    written.map_err(|_| StoreError::Inconsistent("an event cannot be written as canonical JSON"))
}

/// Whether `serde_json` writes a value just so. Its objects are in the order of their names' bytes; of ASCII, that is the
/// order of section 3.2.3. Strings are escaped as section 3.2.2.2 says.
fn is_canonical(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => number.as_u64().is_some_and(|number| number <= LARGEST),
        Value::Array(all) => all.iter().all(is_canonical),
        Value::Object(all) => all
            .iter()
            .all(|(name, value)| name.is_ascii() && is_canonical(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn both(value: &Value) -> (String, String) {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let library = serde_json_canonicalizer::to_vec(value).unwrap();
        (text(canonical(value).unwrap()), text(library))
    }

    #[test]
    fn the_short_way_writes_the_same_bytes() {
        let every: String = (0..0x2100).filter_map(char::from_u32).collect();
        let hard = ["\u{10ffff}\u{fffe}\u{2028}😀", "", "\"\\/", &every];
        for text in hard {
            for value in [
                json!(text),
                json!([text, null]),
                json!({"b": text, "a": {"z": true}}),
            ] {
                assert!(is_canonical(&value));
                let (ours, library) = both(&value);
                assert_eq!(ours, library);
            }
        }
        for value in [json!(0), json!(LARGEST), json!({"\u{1}\"": 7, "A": [], "a": {}})] {
            assert!(is_canonical(&value));
            let (ours, library) = both(&value);
            assert_eq!(ours, library);
        }
    }

    #[test]
    fn what_is_not_in_its_one_form_goes_the_long_way() {
        // In UTF-16 the second name comes first, by bytes the first one.
        let names = json!({"\u{fb33}": 1, "😀": 2});
        for value in [
            json!(1.0),
            json!(-0.0),
            json!(1e21),
            json!(-1),
            json!(LARGEST + 1),
            names,
        ] {
            assert!(!is_canonical(&value), "{value}");
            let (ours, library) = both(&value);
            assert_eq!(ours, library);
        }
        assert_eq!(both(&json!(1.0)).0, "1");
    }
}
