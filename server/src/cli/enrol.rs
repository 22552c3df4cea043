//! `doorstep enrol WORKER_ID`: a code, a link, and the link as a QR code for the phone's camera.

use clap::Args;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::enrol;

#[derive(Args)]
pub(super) struct Enrol {
    /// The worker's id in the case system.
    worker_id: String,
    /// Where the phone reaches the server, if not where the server last said it listens.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

pub(super) fn run(call: &Call, args: &Enrol) -> Result<Said, Failure> {
    let core = call.core()?;
    let told = args.server.as_ref().or(call.config.public_url.as_ref());
    let server = told
        .map_or(core.public_url(), String::as_str)
        .trim_end_matches('/');
    let invitation = enrol::make_code(&core, &args.worker_id, call.config.enrol_valid_ms, OPERATOR)?;
    let code = invitation.code.shown();
    let link = format!("{server}/#enrol={code}");
    let hours = call.config.enrol_valid_ms / 3_600_000;
    let words = format!(
        "code  {code}\nlink  {link}\nGood once, for one device, for {hours} hours.\n\n{}",
        picture(&link)
    );
    Ok(Said {
        value: json!({ "code": code, "link": link, "expires_at": invitation.expires_at }),
        words,
    })
}

/// A QR code in half blocks; nothing where the link is too long for one.
fn picture(link: &str) -> String {
    let Ok(code) = QrCode::new(link) else {
        return String::new();
    };
    // Most terminals are dark: light modules are drawn, dark ones are the ground.
    code.render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build()
}
