// The bindings' story in Kotlin: Ruth's phone is an app on the JVM whose clock, random bytes, way to the server and key are
// all its own Kotlin. A real server runs beside it. She enrols, writes while the server cannot be reached, is killed in the
// middle of typing and loses no key that the notebook had taken, finishes and sends. Kofi's phone, which has the person on
// its caseload, reads it all, and both type in one note at once. Ruth looks up somebody of another team, forgets her PIN, and
// is let in again.
//
// Exits with 0 when the story held, and with 1 and a sentence when it did not.
package story

import java.net.ServerSocket
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import java.time.Duration
import java.time.LocalDate
import java.time.ZoneOffset
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.reflect.KClass
import kotlin.system.exitProcess
import uniffi.doorstep_ffi.Clock
import uniffi.doorstep_ffi.Ended
import uniffi.doorstep_ffi.Fetched
import uniffi.doorstep_ffi.HttpRequest
import uniffi.doorstep_ffi.LetIn
import uniffi.doorstep_ffi.Notebook
import uniffi.doorstep_ffi.NotebookException
import uniffi.doorstep_ffi.NoteStage
import uniffi.doorstep_ffi.NoteState
import uniffi.doorstep_ffi.Reflected
import uniffi.doorstep_ffi.SyncMode
import uniffi.doorstep_ffi.SyncReport
import uniffi.doorstep_ffi.Transport

private const val PERSON = "P104201"
private const val RUTH = "W101"
private const val KOFI = "W105"
private const val SIAN = "W103"
private const val STRANGER = "P104212"
private const val PIN = "246810"
private val PICTURE = "\u0089PNG\r\n\u001a\n as far as anybody looks".toByteArray(Charsets.ISO_8859_1)
private val PICTURE_SHA256 = MessageDigest.getInstance("SHA-256").digest(PICTURE).joinToString("") { "%02x".format(it) }

private fun <T> same(wanted: T, found: T, what: String) =
    check(wanted == found) { "$what: wanted $wanted, and it is $found" }

/** A call that has to fail with this code, and a sentence without the words of the call. */
private fun refused(code: KClass<out NotebookException>, call: () -> Any?) {
    val error = runCatching(call).exceptionOrNull()
    check(code.isInstance(error)) { "expected ${code.simpleName}, and it is $error" }
    val sentence = error?.message.orEmpty()
    check(sentence.endsWith(".") && "Margaret" !in sentence) { "this is no sentence for a person: $sentence" }
}

// The app that will be killed.

/** Says each key aloud once the notebook has taken it. */
private fun typeUntilKilled(folder: Path, note: String) {
    val book = Phone(folder, PIN).open()
    for (n in 0..1_000_000) {
        val key = if (n % 7 == 0) "é🙂" else "${n % 10}"
        book.typeText(note, "body", null, 0u, key, 5u)
        System.out.write("$key\n".toByteArray())
        System.out.flush()
    }
}

/** Kills an app after so many keys, wherever it is then; gives all that it had acknowledged. */
private fun killWhileTyping(folder: Path, note: String, keys: Int): String {
    val path = listOf("-cp", System.getProperty("java.class.path"))
    val properties = System.getProperties().stringPropertyNames().filter { it.startsWith("jna.") || "doorstep" in it }
    val given = properties.map { "-D$it=${System.getProperty(it)}" }
    val command = listOf(java("java")) + given + path + listOf("story.StoryKt", "type", "$folder", note)
    val app = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    val said = app.inputStream.bufferedReader(Charsets.UTF_8)
    val taken = (1..keys).mapNotNull { said.readLine() }.toMutableList()
    app.toHandle().destroyForcibly() // the process's own would close what it has said
    val rest = said.readText()
    taken += rest.split("\n").dropLast(1)
    same(137, app.waitFor(), "the app was to be killed while it typed; its exit code")
    return taken.joinToString("")
}

// The story.

private fun refusals(ruth: Phone, book: Notebook, note: String) {
    refused(NotebookException.WrongPin::class) { ruth.open("999999") }
    refused(NotebookException.BadCall::class) { book.finish("Margaret") }
    refused(NotebookException.BadCall::class) { book.page(note) }
    refused(NotebookException.NoNote::class) { book.note("0199a0b0-0000-7000-8000-000000000001") }
    refused(NotebookException.NoPerson::class) { book.person("Margaret") }
    refused(NotebookException.Edit::class) { book.set(note, "Margaret", "1") }
    refused(NotebookException.NotAllowed::class) { book.add(note, "still open") }
    refused(NotebookException.Stale::class) { book.typeText(note, "body", 0u, 0u, "late", 0u, book.arrivals() + 1u) }
}

/** A clock that breaks is told by the call, before anything is done; an app's exception ends nothing half way. */
private fun brokenClock(folder: Path) {
    var broken = false
    val clock = object : Clock {
        override fun nowMs(): Long = if (broken) error("no clock") else DeviceClock.nowMs()
    }
    Phone(folder, PIN).open(clock = clock).use { book ->
        broken = true
        refused(NotebookException.Host::class) { book.tick() }
        broken = false
        book.tick()
    }
}

private fun enrols(book: Notebook, server: Server, url: String, worker: String, spare: String? = null) {
    refused(NotebookException.NotEnrolled::class) { book.list() }
    val made = book.enrol(Link(url), "AAAAA-AAAAA", url)
    check(made is Ended.Refused && made.v1.code == "code_unknown") { "a made-up code ended $made" }
    same(Ended.Quiet, book.enrol(Link(url), server.code(worker, url), url, spare), "enrolling")
    same(worker, book.identity()?.worker, "whose phone it is")
    same(url, book.server(), "the server's address")
    val first = book.sync(Link(url), SyncMode.BOTH)
    same(Ended.Quiet, first.ended, "the first pass")
    check(checkNotNull(first.clockOffsetMs) in -30_000..30_000) { "the server's clock is ahead by ${first.clockOffsetMs} ms" }
    check(book.people(null).any { it.mine }) { "nobody is on the caseload of $worker" }
    check(worker in book.workers()) { "the phone does not know its own worker's name" }
}

/** A server that takes the connection and says nothing: the transport's own limit ends it. */
private fun hanging(book: Notebook) {
    ServerSocket(0).use { silent ->
        val link = Link("http://127.0.0.1:${silent.localPort}", Duration.ofMillis(300))
        same(Ended.Offline, book.sync(link, SyncMode.BOTH).ended, "a pass with a server that hangs")
    }
}

/** Offline: begins the note, is killed while typing, and says the rest of it. Gives the note and its body. */
private fun writes(ruth: Phone, url: String): Pair<String, String> {
    var expected = "Peggy: "
    val note = ruth.open().use { book ->
        val note = book.newNote(PERSON, "home_visit", null, null)
        book.typeText(note, "body", null, 0u, expected, 200u)
        same(1uL, book.waiting(), "notes that wait")
        refusals(ruth, book, note)
        note
    }
    for (keys in listOf(1, 9, 70)) {
        val typed = killWhileTyping(ruth.folder, note, keys)
        val body = ruth.open().use { it.note(note).fields.body }
        // The last key may be in the store without having been acknowledged; none that was may be missing.
        check(body.startsWith(expected + typed)) { "lost keys: $typed became $body" }
        check(body.length <= expected.length + typed.length + 3) { "more than one key too many: $typed became $body" }
        expected = body
    }
    ruth.open().use { book ->
        book.typeText(note, "body", 0u, 5u, "Mrs O'Dowd (Peggy)", 900u)
        expected = "Mrs O'Dowd (Peggy)" + expected.drop(5)
        book.mark(note, "body", 0u, 10u, "third_party")
        book.set(note, "actions.+", """{"what": "grab rail", "who": "Ruth", "by": "2026-12-01"}""")
        book.set(note, "outcomes.+", """{"text": "to get to the shop again", "progress": "new"}""")
        val due = LocalDate.now(ZoneOffset.UTC).plusDays(14)
        book.set(note, "review", """{"kind": "annual", "due": "$due"}""")
        same(PICTURE_SHA256, book.attach(note, PICTURE, "The rail"), "the file's name")
        same("grab rail", book.today().actions.single().action.what, "what is open today")
        same(listOf(note), book.today().drafts.map { it.id }, "the drafts")
        book.finish(note)
        refused(NotebookException.NotAllowed::class) { book.typeText(note, "body", null, 0u, "late", 0u) }
        book.add(note, "She rang: Thursday suits her.")
        val report = book.sync(Link(url), SyncMode.BOTH)
        same(Ended.Offline to 1uL, report.ended to report.waiting, "a pass without a server")
        val item = book.list().single { it.id == note }
        same(NoteState.ON_PHONE to NoteStage.FINISHED, item.state to item.stage, "the note in the list")
    }
    return note to expected
}

/** The network's answer is held back until something was typed: who types does not wait for a pass. */
private fun sendsWhileSheTypes(ruth: Phone, url: String, note: String) {
    val (asked, typed) = CountDownLatch(1) to CountDownLatch(1)
    val link = object : Transport {
        val real = Link(url)

        override fun send(request: HttpRequest) =
            real.send(request).also {
                asked.countDown()
                check(typed.await(30, TimeUnit.SECONDS)) { "nobody could type while the pass waited" }
            }
    }
    val pool = Executors.newSingleThreadExecutor()
    ruth.open().use { book ->
        val other = book.newNote(PERSON, "phone_call", null, null)
        val pass = pool.submit<SyncReport> { book.sync(link, SyncMode.BOTH) }
        check(asked.await(30, TimeUnit.SECONDS)) { "the pass asked for nothing" }
        book.typeText(other, "body", null, 0u, "She rang back.", 300u)
        typed.countDown()
        val report = pass.get(60, TimeUnit.SECONDS)
        same(Ended.Quiet, report.ended, "the pass")
        check(report.held.isEmpty()) { "held: ${report.held}" }
        same(Ended.Quiet, book.sync(Link(url), SyncMode.BOTH).ended, "the next pass")
        same(0uL, book.waiting(), "notes that wait")
        same(NoteState.ON_SERVER, book.note(note).item.state, "the note")
        same("She rang back.", book.note(other).fields.body, "what was typed meanwhile")
    }
    pool.shutdown()
    check(ruth.signed > 0) { "the device's key never signed" }
}

private fun reads(kofi: Phone, server: Server, url: String, note: String, expected: String) {
    kofi.open().use { book ->
        enrols(book, server, url, KOFI)
        val seen = book.person(PERSON)
        check(seen.person.mine) { "Mrs O'Dowd is on Kofi's caseload" }
        val item = seen.thread.single { it.item.id == note }
        same(listOf("Ruth Bannister") to false, item.authors to item.mine, "who wrote it")
        check(expected.startsWith(item.begins) && item.begins.length > 20) { "it begins: ${item.begins}" }
        same(2, seen.thread.size, "notes in the thread")
        same("to get to the shop again", seen.outcomes.single().outcome.text, "the outcome")
        same("grab rail" to note, seen.actions.single().let { it.action.what to it.note }, "the open action")
        val read = book.note(note).fields
        same(expected, read.body, "the body")
        same("She rang: Thursday suits her.", read.addenda.single().text, "the addendum")
        same(RUTH, read.finished?.author, "who finished it")
        same(listOf(0uL to 10uL), read.private.map { it.start to it.end }, "the marked passage")
        same(PERSON to "annual", book.today().reviews.single { it.note == note }.let { it.caseId to it.kind }, "the review")
        val file = book.attachment(Link(url), note, read.attachments.single().id)
        check(file is Fetched.Here && file.v1.contentEquals(PICTURE)) { "the file came back as $file" }
        val page = book.about(PERSON)
        book.typeText(page, "please_do", null, 0u, "Sit on her left.", 100u)
        same("Sit on her left.", book.page(page).pleaseDo, "the person's own page")
        same(Ended.Quiet, book.sync(Link(url), SyncMode.BOTH).ended, "Kofi's pass")
    }
}

/** Two phones with one note on the screen: each shows what the other types, and no place is taken for another. */
private fun writeTogether(ruths: Notebook, kofis: Notebook, url: String) {
    val note = ruths.newNote(PERSON, "video_call", null, null)
    same(Ended.Quiet, ruths.sync(Link(url), SyncMode.BOTH).ended, "Ruth's pass")
    same(Ended.Quiet, kofis.sync(Link(url), SyncMode.BOTH).ended, "Kofi's pass")
    kofis.join(note)
    Screen(ruths, url, note).use { ruth ->
        Screen(kofis, url, note).use { kofi ->
            fun until(what: String, holds: () -> Boolean) {
                val end = System.nanoTime() + Duration.ofSeconds(30).toNanos()
                while (!holds()) {
                    check(System.nanoTime() < end) { "$what did not happen: ${ruth.body()}, ${kofi.body()}" }
                    ruth.step()
                    kofi.step()
                }
            }
            until("that both see each other") { ruths.inCompany(note) && kofis.inCompany(note) }
            val empty = kofi.body().seen
            ruths.typeText(note, "body", 0u, 0u, "She was laughing 🙂.", 400u, ruth.body().seen)
            until("that Kofi sees Ruth's words") { kofi.body().text == "She was laughing 🙂." }
            refused(NotebookException.Stale::class) { kofis.typeText(note, "body", 0u, 0u, "Late. ", 0u, empty) }
            kofis.typeText(note, "body", 18u, 0u, " and so was I", 400u, kofi.body().seen)
            until("that Ruth sees Kofi's words") { ruth.body().text == "She was laughing 🙂 and so was I." }
        }
    }
}

/** Ruth covers for another team: somebody who is not on her caseload is looked up, with a reason, and read offline. */
private fun looksUp(sian: Phone, ruth: Phone, server: Server, url: String) {
    sian.open().use { book ->
        enrols(book, server, url, SIAN)
        val note = book.newNote(STRANGER, "home_visit", null, null)
        book.typeText(note, "body", null, 0u, "Bore da.", 100u)
        book.set(note, "present.+", """{"name": "Elin", "relationship": "daughter"}""")
        same(Ended.Quiet, book.sync(Link(url), SyncMode.BOTH).ended, "Siân's pass")
    }
    ruth.open().use { book ->
        refused(NotebookException.NoPerson::class) { book.lookup(STRANGER) }
        val bare = book.lookUp(Link(url), STRANGER, "x")
        check(bare is Ended.Refused && bare.v1.title.endsWith(".")) { "a bare reason ended $bare" }
        same(Ended.Quiet, book.lookUp(Link(url), STRANGER, "covering the duty desk tonight"), "looking somebody up")
        same(listOf(STRANGER), book.lookedUp().map { it.caseId }, "who was looked up")
        val found = book.lookup(STRANGER)
        same("Ashmere South Community Team", found.person.team, "the team")
        val quarter = book.reflection(Link(url), 2026u, 1u)
        check(quarter is Reflected.Page && quarter.v1.workerId == RUTH && quarter.v1.quarter == "2026-Q1") { "her quarter: $quarter" }
        same("Bore da." to "Elin", found.notes.single().fields.let { it.body to it.present.single().name }, "the note")
    }
}

/** Ruth has forgotten her PIN: a fresh code brings back the spare that her phone left with the server. */
private fun isLetIn(ruth: Phone, server: Server, url: String, note: String) {
    refused(NotebookException.WrongPin::class) { ruth.open("forgotten") }
    val made = ruth.letIn(Link(url), "AAAAA-AAAAA")
    check(made is LetIn.Not && made.v1 is Ended.Refused) { "a made-up code ended $made" }
    val given = ruth.letIn(Link(url), server.code(RUTH, url))
    check(given is LetIn.Spare) { "the server gave no spare: $given" }
    ruth.choosePin(given.v1, "135791")
    ruth.open("135791").use { same(note, it.note(note).item.id, "the note behind the new PIN") }
    refused(NotebookException.WrongPin::class) { ruth.open() }
}

private fun story(folder: Path, bin: Path, root: Path) {
    val server = Server(bin, folder)
    server.use {
        server.command("import", "workers", "$root/demo/workers.csv")
        server.command("import", "people", "$root/demo/people.csv")
        val url = server.start()
        val ruth = Phone(folder.resolve("ruth"), PIN)
        ruth.open().use { book ->
            enrols(book, server, url, RUTH, ruth.spare())
            ruth.remember(checkNotNull(book.identity()))
            hanging(book)
        }
        server.close()
        brokenClock(folder.resolve("broken"))
        val (note, expected) = writes(ruth, url)
        same(url, server.start(url.removePrefix("http://")), "the server's address")
        sendsWhileSheTypes(ruth, url, note)
        val kofi = Phone(folder.resolve("kofi"), PIN)
        reads(kofi, server, url, note, expected)
        ruth.open().use { ruths -> kofi.open().use { kofis -> writeTogether(ruths, kofis, url) } }
        looksUp(Phone(folder.resolve("sian"), PIN), ruth, server, url)
        isLetIn(ruth, server, url, note)
        server.command("verify")
    }
}

fun main(arguments: Array<String>) {
    if (arguments.firstOrNull() == "type") {
        typeUntilKilled(Path.of(arguments[1]), arguments[2])
        return
    }
    val (bin, root) = arguments.map(Path::of)
    val folder = Files.createTempDirectory("doorstep-kotlin-")
    val broken = runCatching { story(folder, bin, root) }.exceptionOrNull()
    val log = folder.resolve("server.log").toFile()
    val shown = if (broken != null && log.exists()) log.readText().takeLast(2000) else ""
    folder.toFile().deleteRecursively()
    if (broken != null) {
        broken.printStackTrace()
        System.err.println("the Kotlin story broke: ${broken.message}\n$shown")
        exitProcess(1)
    }
    println("the Kotlin story held: enrolled, killed while typing, sent while typing, read on another phone, two in one note, looked up, let in")
}
