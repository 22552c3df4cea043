//! Sockets over which nothing comes, with a clock of tokio's own that leaps from one waking to the next: a
//! minute of silence takes no time. Whatever else is said over them: `live` in the whole-system stories.

use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::Town;

const TEXT_END: &[u8] = b"\r\n\r\n";
/// Operation codes of RFC 6455, section 5.2, as the server sends them: with the bit that says that it is all.
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
/// A pong with nothing in it, masked as a client's has to be.
const PONG: [u8; 6] = [0x8a, 0x80, 1, 2, 3, 4];

/// A server's door in memory.
struct Door(mpsc::Receiver<DuplexStream>);

impl Listener for Door {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A phone's end of an open socket.
struct Line(DuplexStream);

impl Line {
    async fn open(town: &Town) -> Self {
        let token = town.phone("W1").await.token(town).await;
        let (mut here, there) = duplex(64 * 1024);
        let (knock, door) = mpsc::channel(1);
        tokio::spawn(axum::serve(Door(door), town.router.clone()).into_future());
        knock.send(there).await.unwrap();
        let request = format!(
            "GET /v1/live HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
             sec-websocket-protocol: doorstep.sync.v1\r\n\r\n"
        );
        here.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(TEXT_END) {
            head.push(here.read_u8().await.unwrap());
        }
        assert!(
            head.starts_with(b"HTTP/1.1 101 "),
            "{}",
            String::from_utf8_lossy(&head)
        );
        Self(here)
    }

    /// The next frame: its code and what it says. The server's are short here.
    async fn hears(&mut self) -> (u8, Vec<u8>) {
        let code = self.0.read_u8().await.unwrap();
        let length = self.0.read_u8().await.unwrap();
        let mut said = vec![0; usize::from(length)];
        self.0.read_exact(&mut said).await.unwrap();
        (code, said)
    }
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_for_75_seconds_is_let_go_with_a_word() {
    let town = Town::new();
    let mut line = Line::open(&town).await;
    let begun = Instant::now();
    for seconds in [30, 60] {
        assert_eq!(line.hears().await.0, PING);
        assert_eq!(
            begun.elapsed().as_secs(),
            seconds,
            "it is asked for a sign of life"
        );
    }
    let (code, said) = line.hears().await;
    assert_eq!((code, &said[..2]), (CLOSE, &4408_u16.to_be_bytes()[..]));
    assert_eq!(&said[2..], b"too_slow");
    assert_eq!(begun.elapsed().as_secs(), 75);
    // It does not wait for a goodbye for ever.
    assert_eq!(line.0.read(&mut [0]).await.unwrap(), 0);
    assert!(town.core.live.is_empty(), "the seat is free");
}

#[tokio::test(start_paused = true)]
async fn who_only_gives_signs_of_life_may_stay() {
    let town = Town::new();
    let mut line = Line::open(&town).await;
    for _ in 0..20 {
        assert_eq!(line.hears().await.0, PING);
        line.0.write_all(&PONG).await.unwrap();
    }
    let more = timeout(Duration::from_secs(29), line.hears()).await;
    assert!(more.is_err(), "nothing but pings: {more:?}");
    assert_eq!(town.core.live.len(), 1);
}
