//! Settings from flags, environment and file, and what is no setting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use crate::testing::Folder;

fn gather(flags: &[&str], environment: &[(&str, &str)], file: &str) -> Result<Config, String> {
    let folder = Folder::new();
    std::fs::write(folder.path().join("doorstep.toml"), file).unwrap();
    let data_dir = folder.path().to_str().unwrap();
    let words = [&["doorstep", "--data-dir", data_dir], flags].concat();
    let matches = with_flags(clap::Command::new("doorstep")).get_matches_from(words);
    let environment = |name: &str| {
        let found = environment.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::gather(&matches, &environment).map_err(|e| e.to_string())
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let port = |flags: &[&str], environment: &[(&str, &str)], file: &str| {
        gather(flags, environment, file).unwrap().listen.port()
    };
    let file = "listen = \"127.0.0.1:3\"";
    let variable = [("DOORSTEP_LISTEN", "127.0.0.1:2")];
    assert_eq!(port(&["--listen", "127.0.0.1:1"], &variable, file), 1);
    assert_eq!(port(&[], &variable, file), 2);
    assert_eq!(port(&[], &[("DOORSTEP_LISTEN", "")], file), 3);
    assert_eq!(port(&[], &[], ""), 8080);
    let nothing_said = gather(&[], &[], "").unwrap();
    assert_eq!(nothing_said.http, HttpConfig::default(), "as the table says");
}

#[test]
fn values_that_do_not_fit_are_named() {
    for (file, complaint) in [
        ("listen = \"everywhere\"", "listen"),
        ("lissten = \"127.0.0.1:3\"", "no setting lissten"),
        ("listen = true", "neither text nor"),
        ("listen = ", "doorstep.toml"),
        ("data_dir = \"elsewhere\"", "no setting data_dir"),
        ("public_url = \"server.example\"", "public_url"),
        ("database_key = \"abc\"", "64 hexadecimal digits"),
        ("database_key_file = \"/nowhere/at/all\"", "database_key_file"),
        ("enrol_valid_h = 0", "enrol_valid_h"),
        ("origins = \"https://a.example b.example\"", "b.example"),
        ("origins = \"https://a.example/path\"", "origins"),
        ("log_format = \"xml\"", "text, json"),
        ("mapping = \"/nowhere/at/all\"", "/nowhere/at/all"),
        ("retention_months = 1201", "retention_months"),
    ] {
        let error = gather(&[], &[], file).unwrap_err();
        assert!(error.contains(complaint), "{file}: {error}");
    }
}

#[test]
fn origins_are_a_list() {
    let said = |file: &str| gather(&[], &[], file).unwrap().http.origins;
    assert_eq!(said(""), Vec::<String>::new());
    let file = "origins = \"https://A.example, http://127.0.0.1:5173/\"";
    assert_eq!(said(file), ["https://a.example", "http://127.0.0.1:5173"]);
}

#[test]
fn a_key_is_read_and_never_shown() {
    let hex = "0f".repeat(32);
    let config = gather(&["--database-key", &hex], &[], "").unwrap();
    assert_eq!(config.key, Some(Key([0x0f; 32])));
    assert!(!format!("{config:?}").contains("0f0f"));
    let odd = format!("{}+f", "0f".repeat(31));
    assert!(
        !gather(&["--database-key", &odd], &[], "")
            .unwrap_err()
            .contains("0f0f")
    );
}

#[test]
fn the_page_names_every_setting() {
    let page = Config::page();
    for setting in SETTINGS {
        assert!(
            page.contains(&format!("\n{} (", setting.name)),
            "{}",
            setting.name
        );
        assert_eq!(setting.flag, setting.name.replace('_', "-"));
    }
}
