// Writing live: the app's socket, by the JVM's own client, and the loop that carries what happens to it to the notebook.
package story

import java.net.URI
import java.net.http.HttpClient
import java.net.http.WebSocket
import java.net.http.WebSocketHandshakeException
import java.nio.ByteBuffer
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import uniffi.doorstep_ffi.LiveEvent
import uniffi.doorstep_ffi.LiveSocket
import uniffi.doorstep_ffi.LiveStep
import uniffi.doorstep_ffi.Notebook

/** Each call begins something and returns; what comes of it stands in [happened], for the next step. */
class Socket(private val server: String) : LiveSocket {
    val happened = LinkedBlockingQueue<LiveEvent>()
    private val client = HttpClient.newHttpClient()

    /** The newest one: of an older one nothing is told any more. */
    @Volatile private var ears: Ears? = null

    override fun open(path: String, protocol: String, token: String) {
        val mine = Ears()
        ears = mine
        val address = URI(server.replaceFirst("http", "ws") + path)
        val asked = client.newWebSocketBuilder().subprotocols(protocol).header("Authorization", "Bearer $token")
        asked.buildAsync(address, mine).whenComplete { _, error -> if (error != null) mine.tell(refusal(error)) }
    }

    override fun send(frame: ByteArray) = checkNotNull(ears) { "there is no socket" }.send(frame)

    override fun end() {
        ears?.end()
        ears = null
    }

    private fun refusal(error: Throwable): LiveEvent {
        val cause = if (error is CompletionException) error.cause else error
        val answer = (cause as? WebSocketHandshakeException)?.response ?: return LiveEvent.Lost(null)
        val wait = answer.headers().firstValue("Retry-After").orElse(null)?.toUIntOrNull()
        return LiveEvent.Refused(answer.statusCode().toUShort(), wait)
    }

    private inner class Ears : WebSocket.Listener {
        private var socket: WebSocket? = null
        private var sent: CompletableFuture<*> = CompletableFuture.completedFuture(null)
        private var parts = ByteArray(0)

        fun tell(event: LiveEvent) {
            if (ears === this) happened.put(event)
        }

        /** One after the other: the client takes no second frame before the first has gone. */
        @Synchronized
        fun send(frame: ByteArray) {
            val open = checkNotNull(socket) { "the socket is not open" }
            sent = sent.thenCompose { open.sendBinary(ByteBuffer.wrap(frame), true) }
        }

        @Synchronized
        fun end() {
            socket?.sendClose(WebSocket.NORMAL_CLOSURE, "")
        }

        override fun onOpen(opened: WebSocket) {
            synchronized(this) { socket = opened }
            tell(LiveEvent.Opened)
            opened.request(1)
        }

        override fun onBinary(from: WebSocket, data: ByteBuffer, last: Boolean): CompletionStage<*>? {
            parts += ByteArray(data.remaining()).also(data::get)
            if (last) tell(LiveEvent.Frame(parts.also { parts = ByteArray(0) }))
            from.request(1)
            return null
        }

        override fun onClose(closed: WebSocket, code: Int, reason: String): CompletionStage<*>? {
            tell(LiveEvent.Lost(code.toUShort()))
            return null
        }

        override fun onError(broken: WebSocket, error: Throwable) = tell(LiveEvent.Lost(null))
    }
}

/** An app that is in front, with a note on its screen. */
class Screen(private val book: Notebook, private val url: String, private val note: String) : AutoCloseable {
    private val socket = Socket(url)

    init {
        book.goLive(true)
        book.watch(listOf(note))
    }

    /** What stands in the big box now. */
    fun body() = checkNotNull(book.onScreen(note, "body")) { "the body is no text" }

    /** One step: what has happened by now, or that time passed. */
    fun step(): LiveStep {
        val event = socket.happened.poll(10, TimeUnit.MILLISECONDS) ?: LiveEvent.Tick
        return book.live(Link(url), socket, event)
    }

    override fun close() {
        book.goLive(false)
        step()
        socket.end()
    }
}
