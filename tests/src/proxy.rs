//! A proxy on the way from phones to a real server, which can cut every connection at once, or let no upgrade
//! through, as some do.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The proxy.
pub struct Proxy {
    url: String,
    open: Arc<Mutex<Vec<TcpStream>>>,
    upgrades: Arc<AtomicBool>,
}

impl Proxy {
    /// In front of a server.
    pub fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = server.strip_prefix("http://").unwrap().to_owned();
        let (open, upgrades) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(true)));
        let (kept, lets) = (Arc::clone(&open), Arc::clone(&upgrades));
        std::thread::spawn(move || {
            for phone in listener.incoming().map_while(Result::ok) {
                let Ok(there) = TcpStream::connect(&server) else {
                    continue;
                };
                let _ = (phone.set_nodelay(true), there.set_nodelay(true));
                let clone = |stream: &TcpStream| stream.try_clone().unwrap();
                kept.lock().unwrap().extend([clone(&phone), clone(&there)]);
                let lets = Arc::clone(&lets);
                let (up, down) = ((clone(&phone), clone(&there)), (there, phone));
                std::thread::spawn(move || carry(up, &|| lets.load(Ordering::Relaxed)));
                std::thread::spawn(move || carry(down, &|| true));
            }
        });
        Self { url, open, upgrades }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts every connection.
    pub fn cuts(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// From now on it lets upgrades through, or not.
    pub fn lets_upgrades(&self, through: bool) {
        self.upgrades.store(through, Ordering::Relaxed);
    }
}

fn carry((mut from, mut to): (TcpStream, TcpStream), lets: &dyn Fn() -> bool) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let mut part = bytes[..count].to_vec();
        if !lets() {
            // The header goes as one that nobody knows.
            let place = part
                .to_ascii_lowercase()
                .windows(10)
                .position(|word| word == b"\r\nupgrade:");
            if let Some(at) = place {
                part[at + 2] = b'x';
            }
        }
        if to.write_all(&part).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
