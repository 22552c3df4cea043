//! A rough way from a case system to a real server: a proxy that takes HTTP requests one by one, and loses some, loses or
//! tears the answers of others, sends some twice, and some late, behind those that were sent after them.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::dice::Chance;

/// How often a waiting proxy looks whether anybody still wants the answer.
const LOOK: Duration = Duration::from_millis(20);

const PAGES: &[u8] = b"GET /v1/export/notes";
const RECEIPTS: &[u8] = b"POST /v1/export/receipts";

/// What may happen on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mischief {
    /// Nothing reaches the server.
    RequestLost,
    /// The server has done everything; nothing comes back.
    AnswerLost,
    /// The beginning of the answer comes back.
    AnswerTorn,
    /// The request reaches the server twice.
    Repeated,
    /// Who asked is hung up on; the request reaches the server later.
    Late,
}

impl Mischief {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::RequestLost,
        Self::AnswerLost,
        Self::AnswerTorn,
        Self::Repeated,
        Self::Late,
    ];
}

/// The proxy.
pub struct Rough {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    server: String,
    chance: Chance,
    is_rough: AtomicBool,
    loses_receipts: AtomicBool,
    tears: Mutex<Option<String>>,
    alters: Mutex<Option<(String, String)>>,
    done: Mutex<BTreeMap<Mischief, u32>>,
    pages: AtomicUsize,
    receipts: AtomicUsize,
}

impl Rough {
    /// In front of a server. It is smooth until it is told to be rough.
    pub fn before(server: &str, chance: Chance) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            server: server.strip_prefix("http://").unwrap().to_owned(),
            chance,
            is_rough: AtomicBool::new(false),
            loses_receipts: AtomicBool::new(false),
            tears: Mutex::default(),
            alters: Mutex::default(),
            done: Mutex::default(),
            pages: AtomicUsize::new(0),
            receipts: AtomicUsize::new(0),
        });
        let all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&all);
                // One that breaks off is no failure: that is what it is for.
                std::thread::spawn(move || drop(shared.serves(client)));
            }
        });
        Self { url, shared }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it is rough, or not.
    pub fn is_rough(&self, rough: bool) {
        self.shared.is_rough.store(rough, Ordering::SeqCst);
    }

    /// The next batch of receipts is lost, or not any more.
    pub fn loses_receipts(&self, next: bool) {
        self.shared.loses_receipts.store(next, Ordering::SeqCst);
    }

    /// Whether the batch that was to be lost was.
    pub fn has_lost_receipts(&self) -> bool {
        !self.shared.loses_receipts.load(Ordering::SeqCst)
    }

    /// The next answer of the feed ends behind these words of its head.
    pub fn tears_behind(&self, words: &str) {
        *self.shared.tears.lock().unwrap() = Some(words.to_owned());
    }

    /// From now on these words come as others of the same length, or nothing is altered any more.
    pub fn alters(&self, words: Option<(&str, &str)>) {
        let words = words.map(|(from, to)| (from.to_owned(), to.to_owned()));
        assert!(words.as_ref().is_none_or(|(from, to)| from.len() == to.len()));
        *self.shared.alters.lock().unwrap() = words;
    }

    /// What it has done so far, and how often.
    pub fn done(&self) -> BTreeMap<Mischief, u32> {
        self.shared.done.lock().unwrap().clone()
    }

    /// How many pages with events were given to whoever asked.
    pub fn pages(&self) -> usize {
        self.shared.pages.load(Ordering::SeqCst)
    }

    /// How many batches of receipts were on their way.
    pub fn receipts(&self) -> usize {
        self.shared.receipts.load(Ordering::SeqCst)
    }
}

impl Shared {
    /// Whether and how this request is interfered with.
    fn mischief(&self, request: &[u8]) -> Option<Mischief> {
        let mischief = self.chosen(request)?;
        *self.done.lock().unwrap().entry(mischief).or_default() += 1;
        Some(mischief)
    }

    /// Receipts, of which there are few, are interfered with more often than pages.
    fn chosen(&self, request: &[u8]) -> Option<Mischief> {
        if request.starts_with(RECEIPTS) && self.loses_receipts.swap(false, Ordering::SeqCst) {
            return Some(Mischief::RequestLost);
        }
        let often = if request.starts_with(b"POST") { 2 } else { 5 };
        let is_rough = self.is_rough.load(Ordering::SeqCst);
        (is_rough && self.chance.one_in(often)).then(|| *self.chance.pick(&Mischief::ALL))
    }

    fn serves(self: Arc<Self>, mut client: TcpStream) -> std::io::Result<()> {
        let request = request(&mut client, self.alters.lock().unwrap().is_some())?;
        let mischief = self.mischief(&request);
        if request.starts_with(RECEIPTS) {
            self.receipts.fetch_add(1, Ordering::SeqCst);
        }
        match mischief {
            Some(Mischief::RequestLost) => return Ok(()),
            Some(Mischief::Late) => {
                drop(client);
                std::thread::sleep(Duration::from_millis(self.chance.below(400)));
                return self.asks(&request, None).map(drop);
            }
            Some(Mischief::Repeated) => drop(self.asks(&request, None)?),
            _ => {}
        }
        let answer = self.altered(self.asks(&request, Some(&client))?);
        let length = match mischief {
            Some(Mischief::AnswerLost) => return Ok(()),
            Some(Mischief::AnswerTorn) => self.somewhere_in(&answer),
            _ => self.torn_at(&request, &answer),
        };
        client.write_all(&answer[..length])?;
        let is_page = request.starts_with(PAGES) && !answer.ends_with(b"\r\n\r\n");
        self.pages
            .fetch_add(usize::from(is_page && length == answer.len()), Ordering::SeqCst);
        Ok(())
    }

    fn altered(&self, mut answer: Vec<u8>) -> Vec<u8> {
        if let Some((from, to)) = &*self.alters.lock().unwrap() {
            let found = answer
                .windows(from.len())
                .position(|part| part == from.as_bytes());
            if let Some(at) = found {
                answer[at..at + to.len()].copy_from_slice(to.as_bytes());
            }
        }
        answer
    }

    fn torn_at(&self, request: &[u8], answer: &[u8]) -> usize {
        if !request.starts_with(PAGES) {
            return answer.len();
        }
        let words = self.tears.lock().unwrap().take();
        words.map_or(answer.len(), |words| {
            let at = answer
                .windows(words.len())
                .position(|part| part == words.as_bytes());
            at.expect("the answer has these words") + words.len()
        })
    }

    /// Before any byte of it, those of the head too.
    fn somewhere_in(&self, answer: &[u8]) -> usize {
        let length = u64::try_from(answer.len()).unwrap();
        usize::try_from(self.chance.below(length.max(1))).unwrap()
    }

    /// Asks the server; gives up when the one who asked has gone.
    fn asks(&self, request: &[u8], client: Option<&TcpStream>) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(&self.server)?;
        server.set_read_timeout(Some(LOOK))?;
        server.write_all(request)?;
        let (mut answer, mut part) = (Vec::new(), [0; 16 * 1024]);
        loop {
            match server.read(&mut part) {
                Ok(0) => return Ok(answer),
                Ok(count) => answer.extend_from_slice(&part[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if client.is_some_and(has_gone) {
                        return Err(ErrorKind::BrokenPipe.into());
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// One whole request, which asks the server to close afterwards: so the end of the answer is the end of the connection.
/// Plain, it does not ask for an answer that is packed either.
fn request(client: &mut TcpStream, plain: bool) -> std::io::Result<Vec<u8>> {
    let (mut bytes, mut part) = (Vec::new(), [0; 16 * 1024]);
    let mut more = |bytes: &mut Vec<u8>| match client.read(&mut part)? {
        0 => Err(std::io::Error::from(ErrorKind::UnexpectedEof)),
        count => {
            bytes.extend_from_slice(&part[..count]);
            Ok(())
        }
    };
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(&mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let goes_on = |line: &&str| {
        let line = line.to_ascii_lowercase();
        let unpacks = plain && line.starts_with("accept-encoding:");
        !(unpacks || line.starts_with("connection:"))
    };
    let kept: Vec<&str> = head.trim_end().split("\r\n").filter(goes_on).collect();
    let length = kept.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok()).flatten()
    });
    while bytes.len() < end + length.unwrap_or(0) {
        more(&mut bytes)?;
    }
    let mut request = format!("{}\r\nConnection: close\r\n\r\n", kept.join("\r\n")).into_bytes();
    request.extend_from_slice(&bytes[end..]);
    Ok(request)
}

fn has_gone(client: &TcpStream) -> bool {
    if client.set_nonblocking(true).is_err() {
        return true;
    }
    let gone = matches!(client.peek(&mut [0]), Ok(0));
    let _ = client.set_nonblocking(false);
    gone
}
