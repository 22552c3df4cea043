// One person's phone, as an app keeps it: a folder with the store, the vault that a PIN opens, and the device's keystore.
package story

import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyStore
import java.security.SecureRandom
import kotlin.io.path.exists
import kotlin.io.path.inputStream
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import uniffi.doorstep_ffi.Clock
import uniffi.doorstep_ffi.Identity
import uniffi.doorstep_ffi.Keystore
import uniffi.doorstep_ffi.LetIn
import uniffi.doorstep_ffi.Notebook
import uniffi.doorstep_ffi.Transport
import uniffi.doorstep_ffi.letIn
import uniffi.doorstep_ffi.sealKey
import uniffi.doorstep_ffi.throwSpare
import uniffi.doorstep_ffi.unsealKey

const val APP = "kotlin-story 1.0"
private const val KEY = "device"
private val PASSWORD = "of the story".toCharArray()

class Phone(val folder: Path, private val pin: String) {
    /** How often the device's key has signed in this process. */
    var signed = 0
        private set

    private val vault = folder.resolve("vault.json")
    private val spareVault = folder.resolve("spare.json")
    private val whose = folder.resolve("whose.txt")

    /** The store's key is random, and only the PIN brings it back from the vault. */
    fun open(pin: String = this.pin, clock: Clock = DeviceClock): Notebook {
        if (!vault.exists()) {
            Files.createDirectories(folder)
            val key = ByteArray(32).also(SecureRandom()::nextBytes)
            vault.writeBytes(sealKey(key, pin, DeviceDice))
        }
        val key = unsealKey(vault.readBytes(), pin)
        return Notebook.open(folder.resolve("notes.db").toString(), key, clock, DeviceDice, keystore(), APP)
    }

    /** A second way to the store's key: kept here before the server has the other half of it. */
    fun spare(): String {
        val spare = throwSpare(DeviceDice)
        spareVault.writeBytes(sealKey(unsealKey(vault.readBytes(), pin), spare, DeviceDice))
        return spare
    }

    /** What a locked phone must still know of itself. */
    fun remember(identity: Identity) = whose.writeText("${identity.device}\n${identity.tokenUrl}")

    fun letIn(transport: Transport, code: String): LetIn {
        val (device, tokenUrl) = whose.readText().lines()
        return letIn(transport, DeviceClock, DeviceDice, keystore(), device, tokenUrl, code)
    }

    fun choosePin(spare: String, pin: String) =
        vault.writeBytes(sealKey(unsealKey(spareVault.readBytes(), spare), pin, DeviceDice))

    private fun keystore(): Keystore {
        val key = DeviceKey(keys(), KEY, PASSWORD)
        return object : Keystore by key {
            override fun sign(message: ByteArray): ByteArray = key.sign(message).also { signed += 1 }
        }
    }

    /** A phone's keystore outlives the app. The JVM's makes keys by a program of its own; Android's by KeyPairGenerator. */
    private fun keys(): KeyStore {
        val file = folder.resolve("keys.p12")
        if (!file.exists()) {
            val arguments = "-genkeypair -alias $KEY -keyalg EC -groupname secp256r1 -dname CN=phone -storetype PKCS12"
            val keytool = listOf(java("keytool")) + arguments.split(" ")
            val made = ProcessBuilder(keytool + listOf("-keystore", "$file", "-storepass", String(PASSWORD)))
            val process = made.redirectErrorStream(true).start()
            val said = process.inputStream.bufferedReader().readText()
            check(process.waitFor() == 0) { "keytool: $said" }
        }
        return KeyStore.getInstance("PKCS12").apply { file.inputStream().use { load(it, PASSWORD) } }
    }
}

/** A program of the running JVM. */
fun java(program: String): String = "${System.getProperty("java.home")}/bin/$program"
