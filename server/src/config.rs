//! Settings. One table says all of them: each is a flag, an environment variable and a line in
//! `doorstep.toml` in the data folder, in that order of precedence, then a default. The same table
//! prints `doorstep help config`.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::ArgMatches;

use crate::attachments;
use crate::desk::session;
use crate::export::Mapping;
use crate::issues;

/// One setting.
pub struct Setting {
    /// As it stands in the file; the variable is the same in upper case.
    pub name: &'static str,
    /// The same with hyphens.
    pub flag: &'static str,
    /// What the value is.
    pub value: &'static str,
    /// What holds when nobody says otherwise.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "data_dir",
        flag: "data-dir",
        value: "DIR",
        default: "doorstep-data",
        help: "The folder that holds everything; not a line of the file, which lies in it",
    },
    Setting {
        name: "listen",
        flag: "listen",
        value: "ADDR",
        default: "127.0.0.1:8080",
        help: "Address and port to serve on; port 0 takes a free one",
    },
    Setting {
        name: "public_url",
        flag: "public-url",
        value: "URL",
        default: "",
        help: "Where phones and case systems reach the server; http://LISTEN where it is not given",
    },
    Setting {
        name: "console_url",
        flag: "console-url",
        value: "URL",
        default: "",
        help: "Where admins reach the console, without its path; public_url where it is not given. Passkeys need a host \
               with a name, so localhost stands for the machine's own address",
    },
    Setting {
        name: "desk_idle_min",
        flag: "desk-idle-min",
        value: "N",
        default: "30",
        help: "After how many minutes without use a session of the console ends",
    },
    Setting {
        name: "desk_session_h",
        flag: "desk-session-h",
        value: "N",
        default: "12",
        help: "After how many hours a session of the console ends in any case",
    },
    Setting {
        name: "console_dir",
        flag: "console-dir",
        value: "DIR",
        default: "",
        help: "The folder of the console's files, served at /console; none serves no console",
    },
    Setting {
        name: "database_key",
        flag: "database-key",
        value: "HEX",
        default: "",
        help: "64 hexadecimal digits that encrypt the database; a flag is seen by other users of the machine, so \
               prefer database_key_file",
    },
    Setting {
        name: "database_key_file",
        flag: "database-key-file",
        value: "FILE",
        default: "",
        help: "A file that holds the key",
    },
    Setting {
        name: "address_header",
        flag: "address-header",
        value: "NAME",
        default: "",
        help: "The header in which a proxy in front tells the caller's address, for limits on guessing; without \
               it the connection's own address counts",
    },
    Setting {
        name: "sync_body_bytes",
        flag: "sync-body-bytes",
        value: "N",
        default: "16777216",
        help: "The largest body of a sync request, as it comes over the wire",
    },
    Setting {
        name: "import_body_bytes",
        flag: "import-body-bytes",
        value: "N",
        default: "20971520",
        help: "The largest file that is imported over HTTP",
    },
    Setting {
        name: "receipts_body_bytes",
        flag: "receipts-body-bytes",
        value: "N",
        default: "4194304",
        help: "The largest body of receipts",
    },
    Setting {
        name: "max_requests",
        flag: "max-requests",
        value: "N",
        default: "256",
        help: "Requests at the same time; more are told to try again",
    },
    Setting {
        name: "max_live",
        flag: "max-live",
        value: "N",
        default: "4096",
        help: "Live sockets at the same time, which do not count as requests; more are told to try again",
    },
    Setting {
        name: "origins",
        flag: "origins",
        value: "LIST",
        default: "",
        help: "Web addresses, besides the server's own, whose pages may open a live socket; apart by spaces or commas",
    },
    Setting {
        name: "web_dir",
        flag: "web-dir",
        value: "DIR",
        default: "",
        help: "The folder of the phone app's files, served at /; none serves no app",
    },
    Setting {
        name: "body_timeout_s",
        flag: "body-timeout-s",
        value: "N",
        default: "120",
        help: "How long a request's body may take to arrive, in seconds",
    },
    Setting {
        name: "enrol_valid_h",
        flag: "enrol-valid-h",
        value: "N",
        default: "24",
        help: "How long a one-time code is good, in hours",
    },
    Setting {
        name: "attachment_bytes",
        flag: "attachment-bytes",
        value: "N",
        default: "26214400",
        help: "The largest file that is attached to a note",
    },
    Setting {
        name: "attachment_underway_bytes",
        flag: "attachment-underway-bytes",
        value: "N",
        default: "209715200",
        help: "How long the files together may be that one device is sending and that are not whole yet",
    },
    Setting {
        name: "attachment_day_bytes",
        flag: "attachment-day-bytes",
        value: "N",
        default: "1073741824",
        help: "How many bytes of files one device may send on one day (UTC)",
    },
    Setting {
        name: "attachment_idle_days",
        flag: "attachment-idle-days",
        value: "N",
        default: "7",
        help: "After how many days a file that came only in part is thrown away; the phone still has it",
    },
    Setting {
        name: "missing_attachment_h",
        flag: "missing-attachment-h",
        value: "N",
        default: "24",
        help: "How long a finished note may lack a file before an issue asks for it, in hours",
    },
    Setting {
        name: "stale_device_h",
        flag: "stale-device-h",
        value: "N",
        default: "24",
        help: "How long a phone on which notes wait may go unseen before an issue asks for it, in hours",
    },
    Setting {
        name: "overdue_draft_h",
        flag: "overdue-draft-h",
        value: "N",
        default: "72",
        help: "How long after its beginning a note may be unfinished before an issue asks for it, in hours",
    },
    Setting {
        name: "wrong_clock_min",
        flag: "wrong-clock-min",
        value: "N",
        default: "10",
        help: "How far a phone's clock may be off before an issue says so, in minutes",
    },
    Setting {
        name: "export_silent_h",
        flag: "export-silent-h",
        value: "N",
        default: "48",
        help: "How long a case system may leave a version without a receipt before an issue says so, in hours",
    },
    Setting {
        name: "mapping",
        flag: "mapping",
        value: "FILE",
        default: "",
        help: "A file (TOML) with the council's own codes for CSV and FHIR; docs/http.md says what may stand in it",
    },
    Setting {
        name: "retention_months",
        flag: "retention-months",
        value: "N",
        default: "0",
        help: "After how many months without contact a person's notes are removed that a case system has and nothing \
               speaks for keeping; 0: never",
    },
    Setting {
        name: "log",
        flag: "log",
        value: "FILTER",
        default: "info",
        help: "What is logged to standard error: error, warn, info, debug, or a filter by module",
    },
    Setting {
        name: "log_format",
        flag: "log-format",
        value: "FORMAT",
        default: "text",
        help: "How it is logged: text or json",
    },
];

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that does not fit.
    #[error("{0}: {1}")]
    Value(&'static str, String),
    /// The file.
    #[error("doorstep.toml: {0}")]
    File(String),
}

/// What was set.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table above says what each is")]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub public_url: Option<String>,
    pub key: Option<Key>,
    pub log: String,
    pub log_json: bool,
    pub enrol_valid_ms: i64,
    pub attachments: attachments::Limits,
    pub issues: issues::Limits,
    pub mapping: Mapping,
    pub retention_months: i64,
    pub http: HttpConfig,
}

/// What the routes need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table above says what each is")]
pub struct HttpConfig {
    pub address_header: Option<String>,
    pub sync_body_bytes: usize,
    pub import_body_bytes: usize,
    pub receipts_body_bytes: usize,
    pub max_requests: usize,
    pub max_live: usize,
    pub origins: Vec<String>,
    pub web_dir: Option<PathBuf>,
    pub console_dir: Option<PathBuf>,
    pub console_url: Option<String>,
    pub desk: session::Limits,
    pub enrol_valid_ms: i64,
    pub body_timeout_s: u64,
}

/// What the table says.
impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            address_header: None,
            sync_body_bytes: 16 * 1024 * 1024,
            import_body_bytes: 20 * 1024 * 1024,
            receipts_body_bytes: 4 * 1024 * 1024,
            max_requests: 256,
            max_live: 4096,
            origins: Vec::new(),
            web_dir: None,
            console_dir: None,
            console_url: None,
            desk: session::Limits::default(),
            enrol_valid_ms: 24 * 3_600_000,
            body_timeout_s: 120,
        }
    }
}

/// The database's key; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Gives every command a flag for every setting.
#[must_use]
pub fn with_flags(command: clap::Command) -> clap::Command {
    let flags = SETTINGS.iter().map(|setting| {
        clap::Arg::new(setting.name)
            .long(setting.flag)
            .value_name(setting.value)
            .help(setting.help)
            .help_heading("Settings")
            .hide_short_help(setting.name != "data_dir")
            .global(true)
    });
    command.args(flags)
}

impl Config {
    /// Gathers the settings: flags, then the environment, then the file, then the defaults.
    ///
    /// # Errors
    /// A value that does not fit, or a file that cannot be read.
    pub fn gather(
        flags: &ArgMatches,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let said = |name: &str| {
            let flag = flags.get_one::<String>(name).cloned();
            flag.or_else(|| environment(&variable(name)).filter(|value| !value.is_empty()))
        };
        let data_dir = PathBuf::from(said("data_dir").unwrap_or_else(|| default_of("data_dir")));
        let file = read_file(&data_dir)?;
        let raw = |name: &str| {
            said(name)
                .or_else(|| file.get(name).cloned())
                .unwrap_or_else(|| default_of(name))
        };
        Ok(Self {
            listen: parse("listen", &raw("listen"))?,
            public_url: public_url(raw("public_url"))?,
            key: key(&raw("database_key"), &raw("database_key_file"))?,
            log: raw("log"),
            log_json: one_of("log_format", &raw("log_format"), &["text", "json"])? == 1,
            enrol_valid_ms: bounded("enrol_valid_h", &raw("enrol_valid_h"), 24 * 30)? * 3_600_000,
            attachments: attachments::Limits {
                file_bytes: parse("attachment_bytes", &raw("attachment_bytes"))?,
                underway_bytes: parse("attachment_underway_bytes", &raw("attachment_underway_bytes"))?,
                day_bytes: parse("attachment_day_bytes", &raw("attachment_day_bytes"))?,
                idle_ms: bounded("attachment_idle_days", &raw("attachment_idle_days"), 365)? * 86_400_000,
                missing_ms: bounded("missing_attachment_h", &raw("missing_attachment_h"), 24 * 365)?
                    * 3_600_000,
            },
            issues: issues::Limits {
                stale_device_ms: bounded("stale_device_h", &raw("stale_device_h"), 24 * 365)? * 3_600_000,
                overdue_draft_ms: bounded("overdue_draft_h", &raw("overdue_draft_h"), 24 * 365)? * 3_600_000,
                wrong_clock_ms: bounded("wrong_clock_min", &raw("wrong_clock_min"), 60 * 24)? * 60_000,
                export_silent_ms: bounded("export_silent_h", &raw("export_silent_h"), 24 * 365)? * 3_600_000,
            },
            mapping: mapping(&raw("mapping"))?,
            retention_months: months("retention_months", &raw("retention_months"))?,
            http: HttpConfig {
                address_header: some(raw("address_header")),
                sync_body_bytes: parse("sync_body_bytes", &raw("sync_body_bytes"))?,
                import_body_bytes: parse("import_body_bytes", &raw("import_body_bytes"))?,
                receipts_body_bytes: parse("receipts_body_bytes", &raw("receipts_body_bytes"))?,
                max_requests: parse("max_requests", &raw("max_requests"))?,
                max_live: parse("max_live", &raw("max_live"))?,
                origins: origins(&raw("origins"))?,
                web_dir: some(raw("web_dir")).map(PathBuf::from),
                console_dir: some(raw("console_dir")).map(PathBuf::from),
                console_url: public_url(raw("console_url"))?,
                desk: session::Limits {
                    idle_ms: bounded("desk_idle_min", &raw("desk_idle_min"), 24 * 60)? * 60_000,
                    whole_ms: bounded("desk_session_h", &raw("desk_session_h"), 24 * 7)? * 3_600_000,
                },
                enrol_valid_ms: bounded("enrol_valid_h", &raw("enrol_valid_h"), 24 * 30)? * 3_600_000,
                body_timeout_s: parse("body_timeout_s", &raw("body_timeout_s"))?,
            },
            data_dir,
        })
    }

    /// The page that `doorstep help config` prints.
    #[must_use]
    pub fn page() -> String {
        let mut page = String::from(
            "Each setting is a flag, an environment variable and a line in doorstep.toml in the data\nfolder; the \
             first that is there counts. An empty value is as good as none.\n",
        );
        for setting in SETTINGS {
            let default = if setting.default.is_empty() {
                "none"
            } else {
                setting.default
            };
            page.push_str(&format_setting(setting, default));
        }
        page
    }
}

fn format_setting(setting: &Setting, default: &str) -> String {
    format!(
        "\n{} (default: {default})\n  --{} {} | {}\n  {}.\n",
        setting.name,
        setting.flag,
        setting.value,
        variable(setting.name),
        setting.help
    )
}

fn variable(name: &str) -> String {
    format!("DOORSTEP_{}", name.to_ascii_uppercase())
}

fn default_of(name: &str) -> String {
    let setting = SETTINGS.iter().find(|setting| setting.name == name);
    setting.map_or_else(String::new, |setting| setting.default.to_owned())
}

fn read_file(data_dir: &std::path::Path) -> Result<HashMap<String, String>, ConfigError> {
    let text = match std::fs::read_to_string(data_dir.join("doorstep.toml")) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => return Err(ConfigError::File(error.to_string())),
    };
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::File(error.message().to_owned()))?;
    let mut lines = HashMap::new();
    for (name, value) in table {
        let known = SETTINGS.iter().any(|s| s.name == name && s.name != "data_dir");
        let value = match value {
            toml::Value::String(text) => Some(text),
            toml::Value::Integer(number) => Some(number.to_string()),
            _ => None,
        };
        match value {
            Some(value) if known => lines.insert(name, value),
            Some(_) => return Err(ConfigError::File(format!("there is no setting {name}"))),
            None => {
                return Err(ConfigError::File(format!(
                    "{name} is neither text nor a whole number"
                )));
            }
        };
    }
    Ok(lines)
}

fn some(value: String) -> Option<String> {
    if value.is_empty() { None } else { Some(value) }
}

fn parse<T: std::str::FromStr>(name: &'static str, value: &str) -> Result<T, ConfigError> {
    value
        .parse()
        .map_err(|_| ConfigError::Value(name, format!("{value:?} does not fit")))
}

fn bounded(name: &'static str, value: &str, most: i64) -> Result<i64, ConfigError> {
    let number: i64 = parse(name, value)?;
    if (1..=most).contains(&number) {
        Ok(number)
    } else {
        Err(ConfigError::Value(name, format!("from 1 to {most}")))
    }
}

/// Months, or 0 for never.
fn months(name: &'static str, value: &str) -> Result<i64, ConfigError> {
    let never = value == "0";
    if never { Ok(0) } else { bounded(name, value, 1_200) }
}

fn one_of(name: &'static str, value: &str, all: &[&str]) -> Result<usize, ConfigError> {
    let found = all.iter().position(|one| *one == value);
    found.ok_or_else(|| ConfigError::Value(name, format!("one of {}", all.join(", "))))
}

fn public_url(value: String) -> Result<Option<String>, ConfigError> {
    let Some(url) = some(value) else { return Ok(None) };
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ']) => {
            Ok(Some(url.trim_end_matches('/').to_owned()))
        }
        _ => Err(ConfigError::Value(
            "public_url",
            "an address that begins with https:// or http://".to_owned(),
        )),
    }
}

/// A list of web origins (RFC 6454), in small letters.
fn origins(value: &str) -> Result<Vec<String>, ConfigError> {
    let words = value.split([' ', ',']).filter(|word| !word.is_empty());
    let each = words.map(|word| {
        let url = public_url(word.to_ascii_lowercase()).ok().flatten();
        url.filter(|url| url.matches('/').count() == 2).ok_or_else(|| {
            ConfigError::Value(
                "origins",
                format!("{word:?} is no address like https://app.example"),
            )
        })
    });
    each.collect()
}

/// A mapping that is not understood is no reason to serve without it: the case system would get the wrong codes.
fn mapping(file: &str) -> Result<Mapping, ConfigError> {
    if file.is_empty() {
        return Ok(Mapping::default());
    }
    let refuse = |words: String| ConfigError::Value("mapping", words);
    let text = std::fs::read_to_string(file).map_err(|error| refuse(format!("{file}: {error}")))?;
    Mapping::read(&text).map_err(|error| refuse(format!("{file}: {error}")))
}

fn key(hex: &str, file: &str) -> Result<Option<Key>, ConfigError> {
    let (name, text) = if !hex.is_empty() {
        ("database_key", hex.to_owned())
    } else if file.is_empty() {
        return Ok(None);
    } else {
        let read = std::fs::read_to_string(file);
        (
            "database_key_file",
            read.map_err(|e| ConfigError::Value("database_key_file", e.to_string()))?,
        )
    };
    // What is wrong with a key is never shown with the key.
    let bad = || ConfigError::Value(name, "a key is 64 hexadecimal digits".to_owned());
    let text = text.trim();
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(bad());
    }
    let mut key = [0; 32];
    for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
        let digits = text.get(at..at + 2).ok_or_else(bad)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| bad())?;
    }
    Ok(Some(Key(key)))
}
