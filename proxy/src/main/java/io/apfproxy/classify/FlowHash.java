package io.apfproxy.classify;

import io.apfproxy.request.Utf8Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hash of a flow: the first 8 bytes of SHA-256 over schema name, NUL, distinguisher, read as little
 * endian. Thread-safe. Source: reference, apf_controller.go, hashFlowID.
 */
public final class FlowHash {
  /*
   * No cache: a digest of such short input takes about as long as a look-up in a shared, bounded map
   * whose keys clients choose.
   */
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(FlowHash::newDigest);

  private FlowHash() {}

  /** All 64 bits count; to be read as unsigned. */
  public static long of(String flowSchema, String flowDistinguisher) {
    return of(Utf8Bytes.encode(flowSchema), flowDistinguisher);
  }

  static long of(byte[] flowSchema, String flowDistinguisher) {
    MessageDigest digest = SHA_256.get();
    digest.update(flowSchema);
    digest.update((byte) 0);
    byte[] bytes = digest.digest(Utf8Bytes.encode(flowDistinguisher));
    long hash = 0;
    for (int i = 7; i >= 0; i--) {
      hash = hash << 8 | (bytes[i] & 0xFF);
    }
    return hash;
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
