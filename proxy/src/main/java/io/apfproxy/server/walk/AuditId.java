package io.apfproxy.server.walk;

import io.vertx.core.MultiMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The name of a request in the server's audit log, in ours and in the response. Source: reference,
 * pkg/endpoints/filters/audit_init.go.
 */
final class AuditId {
  /*
   * kube-apiserver takes whatever the client sent. It is a label that whoever asks chooses there,
   * too: it grants nothing, and the server's log tells by user and address who used it. Here it also
   * stands in our own lines, so only what cannot be mistaken for more than a name is kept.
   */
  private static final int LONGEST = 128;

  private AuditId() {}

  /** The one that the client sent first, if it is fit; else a fresh one. */
  static String of(MultiMap headers) {
    String sent = headers.get("Audit-ID");
    return isFit(sent) ? sent : fresh();
  }

  private static boolean isFit(@Nullable String id) {
    if (id == null || id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-_.:/".indexOf(c) >= 0;
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** Version 4, not from the system's entropy: it names a request and keeps no secret. */
  private static String fresh() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }
}
