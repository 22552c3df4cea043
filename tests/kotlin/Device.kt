// What the device itself brings: its clock, its random bytes and its key. Nothing here is of the JVM only. An Android app
// takes this file as it is, and gives DeviceKey the store "AndroidKeyStore", in which it has made a P-256 key.
package story

import java.security.KeyStore
import java.security.PrivateKey
import java.security.SecureRandom
import java.security.Signature
import java.security.interfaces.ECPublicKey
import uniffi.doorstep_ffi.Clock
import uniffi.doorstep_ffi.Dice
import uniffi.doorstep_ffi.Keystore

object DeviceClock : Clock {
    override fun nowMs(): Long = System.currentTimeMillis()
}

object DeviceDice : Dice {
    private val random = SecureRandom()

    override fun bytes(count: UInt): ByteArray = ByteArray(count.toInt()).also(random::nextBytes)
}

/** The P-256 key of this name in a keystore; the private half never leaves it. */
class DeviceKey(private val store: KeyStore, private val name: String, private val password: CharArray? = null) : Keystore {
    override fun publicPoint(): ByteArray {
        val point = (store.getCertificate(name).publicKey as ECPublicKey).w
        return number(point.affineX.toByteArray()) + number(point.affineY.toByteArray())
    }

    override fun sign(message: ByteArray): ByteArray {
        val signature = Signature.getInstance("SHA256withECDSA")
        signature.initSign(store.getKey(name, password) as PrivateKey)
        signature.update(message)
        return rawOf(signature.sign())
    }
}

/** A number of up to 32 bytes as exactly 32: DER drops zeros in front, and puts one there for the sign. */
private fun number(bytes: ByteArray): ByteArray {
    val digits = bytes.dropWhile { it == 0.toByte() }.toByteArray()
    return ByteArray(32 - digits.size) + digits
}

/**
 * A signature in DER (SEQUENCE of INTEGER r and INTEGER s, as Java and Android give it) as r and s, 32 bytes each (RFC 7518,
 * section 3.4). For P-256 every length takes one byte.
 */
internal fun rawOf(der: ByteArray): ByteArray {
    val rLength = der[3].toInt()
    val r = der.copyOfRange(4, 4 + rLength)
    val s = der.copyOfRange(6 + rLength, der.size)
    return number(r) + number(s)
}
