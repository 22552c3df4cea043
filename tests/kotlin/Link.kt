// The way to the server, by the JVM's own client. On Android OkHttp takes its place, with the same four rules: no redirect
// is followed, every header goes as it is, the body comes back as it came, and there is a time limit.
package story

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import uniffi.doorstep_ffi.HttpHeader
import uniffi.doorstep_ffi.HttpRequest
import uniffi.doorstep_ffi.HttpResponse
import uniffi.doorstep_ffi.Transport

class Link(private val server: String, private val limit: Duration = Duration.ofSeconds(30)) : Transport {
    private val client: HttpClient =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limit)
            .build()

    /** Whatever it throws counts as no answer. */
    override fun send(request: HttpRequest): HttpResponse {
        val asked = java.net.http.HttpRequest.newBuilder(URI(server + request.path)).timeout(limit)
        request.headers.forEach { asked.header(it.name, it.value) }
        val body = if (request.body.isEmpty()) BodyPublishers.noBody() else BodyPublishers.ofByteArray(request.body)
        val answer = client.send(asked.method(request.method, body).build(), BodyHandlers.ofByteArray())
        val headers = answer.headers().map().flatMap { (name, values) -> values.map { HttpHeader(name, it) } }
        return HttpResponse(answer.statusCode().toUShort(), headers, answer.body())
    }
}
