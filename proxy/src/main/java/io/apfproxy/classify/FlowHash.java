package io.apfproxy.classify;

import io.apfproxy.request.Utf8Bytes;
import java.security.DigestException;
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
  private static final ThreadLocal<FlowHash> OF_THREAD = ThreadLocal.withInitial(FlowHash::new);

  private final MessageDigest digest;
  private final byte[] result;

  private FlowHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    result = new byte[digest.getDigestLength()];
  }

  /** All 64 bits count; to be read as unsigned. */
  public static long of(String flowSchema, String flowDistinguisher) {
    return of(Utf8Bytes.encode(flowSchema), flowDistinguisher);
  }

  static long of(byte[] flowSchema, String flowDistinguisher) {
    return OF_THREAD.get().hash(flowSchema, Utf8Bytes.encode(flowDistinguisher));
  }

  private long hash(byte[] flowSchema, byte[] flowDistinguisher) {
    digest.update(flowSchema);
    digest.update((byte) 0);
    digest.update(flowDistinguisher);
    try {
      digest.digest(result, 0, result.length);
    } catch (DigestException e) {
      throw new IllegalStateException("the result has the digest's length", e);
    }
    long hash = 0;
    for (int i = 7; i >= 0; i--) {
      hash = hash << 8 | (result[i] & 0xFF);
    }
    return hash;
  }
}
