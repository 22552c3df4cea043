//! The link, cut after every byte: of a large upload on its way to the real server, and of the answer
//! on its way back. Whatever arrived counts once; what did not changes nothing.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use client_core::host::HttpRequest;
use client_core::notebook::{Ended, State};
use doorstep_tests::process::Process;
use doorstep_tests::wire::{Flights, Wire};
use doorstep_tests::{Chance, Folder, seed};

use crate::long;
use crate::office::{Office, Phone};

/// How many bytes a cut link lets through; more than any of ours has.
const ALL: u64 = u64::MAX;

/// How many cuts there are between two looks at the server's log.
const LOOKED_AT: usize = 1_000;
/// Connections at a time.
const LANES: usize = 4;

/// A link to a server in which a story says how far the bytes go.
struct Proxy {
    url: String,
    /// Bytes of each request to `/v1/sync` that go through, and of each answer to one.
    requests: Arc<AtomicU64>,
    answers: Arc<AtomicU64>,
}

impl Proxy {
    fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (requests, answers) = (Arc::new(AtomicU64::new(ALL)), Arc::new(AtomicU64::new(ALL)));
        let (server, most) = (server.to_owned(), (Arc::clone(&requests), Arc::clone(&answers)));
        // It ends with the test's process.
        thread::spawn(move || {
            for phone in listener.incoming() {
                let to = TcpStream::connect(&server).unwrap();
                let most = (most.0.load(Ordering::SeqCst), most.1.load(Ordering::SeqCst));
                thread::spawn(move || carries(&phone.unwrap(), &to, most));
            }
        });
        Self {
            url,
            requests,
            answers,
        }
    }
}

/// Carries one connection: so many bytes there, so many back, and then it breaks on both sides.
fn carries(phone: &TcpStream, server: &TcpStream, (there, back): (u64, u64)) {
    let breaks = || {
        for side in [phone, server] {
            // One of them may have gone by itself.
            let _ = side.shutdown(Shutdown::Both);
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            if carried(phone, server, there) {
                breaks();
            }
        });
        if carried(server, phone, back) || back == ALL {
            breaks();
        }
    });
}

/// Copies until one side ends or so many bytes went through, which is said.
fn carried(mut from: &TcpStream, mut to: &TcpStream, most: u64) -> bool {
    let (mut left, mut buffer) = (most, [0; 4096]);
    while left > 0 {
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        match from.read(&mut buffer[..room]) {
            Ok(0) | Err(_) => return false,
            Ok(read) if to.write_all(&buffer[..read]).is_ok() => left -= read as u64,
            Ok(_) => return false,
        }
    }
    true
}

/// Text that no packing makes much smaller.
fn noise(bytes: usize) -> String {
    let chance = Chance::new(seed(2026), "noise");
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    (0..bytes).map(|_| *chance.pick(&letters)).collect()
}

/// A request as its bytes go over the wire.
fn bytes_of(request: &HttpRequest, host: &str) -> Vec<u8> {
    let header = |(name, value): &(String, String)| format!("{name}: {value}\r\n");
    let headers: String = request.headers.iter().map(header).collect();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        request.path,
        request.body.len()
    );
    [head.into_bytes(), request.body.clone()].concat()
}

/// One large note that is offered while nobody takes it: the request, and the phone that waits.
fn large_upload(server: &mut Process, folder: &Folder) -> (Phone, Vec<u8>, String) {
    let mut phone = Phone::enrolled(server, folder.path());
    let note = phone.writes_so(&noise(26_500));
    let address = server.url().trim_start_matches("http://").to_owned();
    // Everything but the upload itself goes through, so that the phone has a token.
    let proxy = Proxy::to(&address);
    proxy.requests.store(10, Ordering::SeqCst);
    phone.wire = Wire::to(&proxy.url, &Flights::default());
    // The token is kept from the first pass; this asks for the notes alone.
    assert_eq!(phone.syncs().ended, Ended::Offline);
    assert_eq!(phone.state(note), State::OnPhone);
    let asked = phone.wire.asked.take().unwrap();
    assert_eq!(asked.path, "/v1/sync");
    assert!(asked.body.len() > 19_000, "{} bytes", asked.body.len());
    phone.wire = Wire::to(server.url(), &Flights::default());
    (phone, bytes_of(&asked, &address), address)
}

/// Hangs up in the middle of the upload, and waits until the server has hung up too: cuts that run
/// ahead of it would be refused as more than it takes at a time, and cut nothing.
fn hangs_up(address: &str, part: &[u8]) {
    let mut link = TcpStream::connect(address).unwrap();
    link.write_all(part).unwrap();
    link.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    let _ = link.read_to_end(&mut answer);
    let busy = answer.starts_with(b"HTTP/1.1 503 ");
    assert!(!busy, "{}", String::from_utf8_lossy(&answer));
}

/// What of one connection comes back where so many bytes of the upload go out.
fn sends(address: &str, part: &[u8], most_back: usize) -> Vec<u8> {
    let mut link = TcpStream::connect(address).unwrap();
    // A server that has heard enough may close first.
    let _ = link.write_all(part);
    let mut answer = vec![0; most_back];
    let mut got = 0;
    while got < most_back {
        match link.read(&mut answer[got..]) {
            Ok(0) | Err(_) => break,
            Ok(read) => got += read,
        }
    }
    answer.truncate(got);
    answer
}

#[test]
fn after_every_byte_of_an_upload_and_of_its_answer() {
    let Some(mut office) = Office::open() else { return };
    let folder = Folder::new();
    let (mut phone, upload, address) = large_upload(&mut office.server, &folder);
    let before = office.log_entries();
    let (upload, address) = (&upload[..], &address[..]);
    for begin in (0..upload.len()).step_by(LOOKED_AT) {
        let end = (begin + LOOKED_AT).min(upload.len());
        thread::scope(|scope| {
            for lane in 0..LANES {
                let cuts = (begin..end).skip(lane).step_by(LANES);
                scope.spawn(move || cuts.for_each(|cut| hangs_up(address, &upload[..cut])));
            }
        });
        office.server.unjudged();
        assert_eq!(
            office.log_entries(),
            before,
            "cut after {begin} to {end} bytes of {}",
            upload.len()
        );
    }
    println!("cut after each of {} bytes", upload.len());
    // Whole, and the answer cut after every byte: taken with the first of them, and then known.
    let whole = sends(address, upload, 1 << 20);
    assert!(
        whole.starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&whole)
    );
    let taken = office.log_entries();
    assert!(taken > before);
    for cut in 0..whole.len() {
        assert_eq!(sends(address, upload, cut).len(), cut);
    }
    assert_eq!(office.log_entries(), taken, "each time the same");
    // The phone never heard of any of it.
    phone.comes_to_rest();
    office.server.wait_until_published();
    assert_eq!(office.log_entries(), taken);
    office.phone.written.append(&mut phone.written);
    office.phone.comes_to_rest();
    office.all_is_well("an upload in pieces");
}

#[test]
fn a_phone_on_a_link_that_breaks_anywhere() {
    let Some(mut office) = Office::open() else { return };
    let address = office.server.url().trim_start_matches("http://").to_owned();
    let proxy = Proxy::to(&address);
    office.phone.wire = Wire::to(&proxy.url, &Flights::default());
    for (which, most) in [("request", &proxy.requests), ("answer", &proxy.answers)] {
        let (mut cut, mut broken) = (0, 0);
        loop {
            let note = office.phone.writes();
            most.store(cut, Ordering::SeqCst);
            let before = office.log_entries();
            let report = office.phone.syncs();
            most.store(ALL, Ordering::SeqCst);
            if report.ended == Ended::Quiet {
                assert_eq!(office.phone.state(note), State::OnServer);
                break;
            }
            assert_eq!(report.ended, Ended::Offline, "the {which} cut after {cut} bytes");
            assert_eq!(
                office.phone.state(note),
                State::OnPhone,
                "the {which} cut after {cut} bytes"
            );
            if which == "request" {
                assert_eq!(office.log_entries(), before, "cut after {cut} bytes");
            }
            office.phone.comes_to_rest();
            assert_eq!(office.phone.state(note), State::OnServer);
            broken += 1;
            cut += if long() { 1 } else { 17 };
        }
        println!("{broken} times the {which} broke");
        assert!(broken > 10, "{broken}");
        office.all_is_well(&format!("broken {which}s"));
    }
}
