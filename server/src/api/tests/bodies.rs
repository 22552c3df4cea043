//! Bodies: truncated, too large, packed wrongly, and bombs.

use std::io::Write as _;

use axum::body::{Body, Bytes};
use notes::problem::Code;
use notes::wire;

use super::passes::{request, sync_headers};
use super::{Town, torn};

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, 3).unwrap()
}

#[tokio::test]
async fn a_bomb_is_refused_before_it_has_gone_off() {
    let town = Town::new();
    let phone = town.phone("W1").await.token(&town).await;
    // A thousand times the cap, in some hundred kilobytes.
    let zeroes = vec![0; 1024 * 1024];
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 19).unwrap();
    for _ in 0..(wire::MAX_INFLATED_BYTES / zeroes.len() * 64) {
        encoder.write_all(&zeroes).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 256 * 1024, "{}", bomb.len());
    let answer = town
        .knock(
            "POST",
            "/v1/sync",
            &sync_headers(&phone, "zstd").each_ref().map(String::as_str),
            bomb,
        )
        .await;
    answer.refused(Code::MessageTooLarge, "zstd");
    let bomb = gzip(&vec![0; wire::MAX_INFLATED_BYTES + 1]);
    let answer = town
        .knock(
            "POST",
            "/v1/sync",
            &sync_headers(&phone, "gzip").each_ref().map(String::as_str),
            bomb,
        )
        .await;
    answer.refused(Code::MessageTooLarge, "gzip");
}

#[tokio::test]
async fn a_body_is_read_however_it_is_packed() {
    let town = Town::new();
    let device = town.phone("W1").await;
    let phone = device.token(&town).await;
    let plain = minicbor::to_vec(request(&device)).unwrap();
    for (packing, body) in [
        ("identity", plain.clone()),
        ("zstd", zstd(&plain)),
        ("gzip", gzip(&plain)),
        ("GZIP", gzip(&plain)),
    ] {
        let headers = sync_headers(&phone, packing);
        let answer = town
            .knock("POST", "/v1/sync", &headers.each_ref().map(String::as_str), body)
            .await;
        assert_eq!(answer.status, 200, "{packing}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_broken_body_is_no_message() {
    let town = Town::new();
    let device = town.phone("W1").await;
    let phone = device.token(&town).await;
    let plain = minicbor::to_vec(request(&device)).unwrap();
    let cut = |bytes: &[u8]| bytes[..bytes.len() - 3].to_vec();
    let mut twice = plain.clone();
    twice.extend_from_slice(&plain);
    let mut bodies = vec![
        ("identity", Vec::new()),
        ("identity", vec![0xff; 100]),
        ("identity", twice),
        ("zstd", Vec::new()),
        ("zstd", plain.clone()),
        ("zstd", cut(&zstd(&plain))),
        ("gzip", plain.clone()),
        ("gzip", cut(&gzip(&plain))),
        ("zstd", gzip(&plain)),
    ];
    // Cut anywhere, it is no message.
    bodies.extend((0..plain.len()).map(|end| ("identity", plain[..end].to_vec())));
    for (packing, body) in bodies {
        let what = format!("{packing}, {} bytes", body.len());
        let headers = sync_headers(&phone, packing);
        let answer = town
            .knock("POST", "/v1/sync", &headers.each_ref().map(String::as_str), body)
            .await;
        answer.refused(Code::MessageMalformed, &what);
    }
}

#[tokio::test]
async fn each_door_has_its_limit() {
    let town = Town::new();
    let phone = format!(
        "authorization: Bearer {}",
        town.phone("W1").await.token(&town).await
    );
    let scopes = "export.read export.receipt import.write";
    let client = format!("authorization: Bearer {}", town.case_system(scopes).await);
    let http = super::http();
    for (path, media, token, limit) in [
        ("/v1/enrol", "application/json", &client, 16 * 1024),
        (
            "/v1/token",
            "application/x-www-form-urlencoded",
            &client,
            32 * 1024,
        ),
        ("/v1/sync", wire::MEDIA_TYPE, &phone, http.sync_body_bytes),
        (
            "/v1/export/receipts",
            "application/json",
            &client,
            http.receipts_body_bytes,
        ),
        ("/v1/import/people", "text/csv", &client, http.import_body_bytes),
        ("/v1/import/workers", "text/csv", &client, http.import_body_bytes),
    ] {
        let media = format!("content-type: {media}");
        let headers = [media.as_str(), token.as_str()];
        let answer = town.knock("POST", path, &headers, vec![b'x'; limit + 1]).await;
        answer.refused(Code::MessageTooLarge, path);
        let answer = town.knock("POST", path, &headers, vec![b'x'; limit]).await;
        assert_ne!(answer.status, 413, "{path}");
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_or_never_comes_ends() {
    let town = Town::new();
    let headers = ["content-type: application/json"];
    let broken = torn(Bytes::from_static(b"{"));
    let answer = town.knock("POST", "/v1/enrol", &headers, broken).await;
    answer.refused(Code::MessageMalformed, "broke off");
    let answer = town.knock("POST", "/v1/enrol", &headers, Body::new(Silent)).await;
    answer.refused(Code::MessageMalformed, "never came");
}

struct Silent;

impl axum::body::HttpBody for Silent {
    type Data = Bytes;
    type Error = std::io::Error;
    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn an_answer_is_packed_as_the_caller_says() {
    let town = Town::new();
    for (accept, packing) in [
        ("zstd", "zstd"),
        ("gzip, zstd", "zstd"),
        ("gzip", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        ("br", ""),
        ("identity", ""),
        ("zstd;q=0", ""),
    ] {
        let accept = format!("accept-encoding: {accept}");
        let answer = town.knock("GET", "/.well-known/jwks.json", &[&accept], "").await;
        assert_eq!(answer.header("content-encoding"), packing, "{accept}");
        let plain = match packing {
            "zstd" => zstd::stream::decode_all(answer.body.as_slice()).unwrap(),
            "gzip" => {
                let mut plain = Vec::new();
                let mut decoder = flate2::read::GzDecoder::new(answer.body.as_slice());
                std::io::Read::read_to_end(&mut decoder, &mut plain).unwrap();
                plain
            }
            _ => answer.body.clone(),
        };
        let value: serde_json::Value = serde_json::from_slice(&plain).unwrap();
        assert_eq!(value, town.core.keys().jwks(), "{accept}");
    }
}
