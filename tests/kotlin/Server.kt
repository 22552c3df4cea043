// The real server beside the story, as a process of its own, on a port that the system chose.
package story

import java.nio.file.Path
import java.util.concurrent.TimeUnit

class Server(private val bin: Path, private val folder: Path) : AutoCloseable {
    private var process: Process? = null

    /** Any command of the server's program; gives what it prints. */
    fun command(vararg arguments: String): String {
        val all = listOf("$bin/doorstep", "--data-dir", "$folder/server", *arguments)
        val done = ProcessBuilder(all).redirectError(folder.resolve("command.log").toFile()).start()
        val said = done.inputStream.bufferedReader().readText()
        check(done.waitFor() == 0) {
            "'doorstep ${arguments.first()}' failed: ${folder.resolve("command.log").toFile().readText()}"
        }
        return said
    }

    /** Serves until [close]; gives its address. */
    fun start(listen: String = "127.0.0.1:0"): String {
        val serve = listOf("$bin/doorstep", "--data-dir", "$folder/server", "serve", "--listen", listen)
        val log = ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile())
        val started = ProcessBuilder(serve).redirectError(log).start()
        process = started
        val ready = started.inputStream.bufferedReader().lineSequence().firstOrNull { it.startsWith("listening on ") }
        return checkNotNull(ready) { "the server ended before it was ready" }.removePrefix("listening on ").trim().trimEnd('/')
    }

    /** A one-time code for one device of a worker. */
    fun code(worker: String, url: String): String {
        val said = command("enrol", worker, "--server", url, "--json")
        return checkNotNull(Regex("\"code\"\\s*:\\s*\"([^\"]+)\"").find(said)) { "no code in $said" }.groupValues[1]
    }

    override fun close() {
        val running = process ?: return
        process = null
        running.destroy()
        if (!running.waitFor(30, TimeUnit.SECONDS)) running.destroyForcibly()
    }
}
