package io.apfproxy.flowcontrol;

import io.apfproxy.request.GoDuration;
import org.jspecify.annotations.Nullable;

/**
 * What would have become of a request that is not held to its level's decision, as far as that is
 * known by now. Source: specification seeing.md V-33, V-37.
 *
 * @param decided whether it would have been sent on or refused by now; else it would still wait
 * @param waitedNanos until that, or until now
 * @param refusedFor null if it would not have been refused
 */
public record WouldHave(boolean decided, long waitedNanos, @Nullable RejectReason refusedFor) {
  /** {@link #text} of one that would have gone on at once. */
  public static final String PASS = "pass";

  /** Whether it would have gone on at once. */
  public boolean passed() {
    return decided && waitedNanos == 0 && refusedFor == null;
  }

  /**
   * Such as {@code pass}, {@code wait 1.2s}, {@code wait 1.2s or more}, {@code refuse queue-full}.
   */
  public String text() {
    if (refusedFor != null) {
      return "refuse " + refusedFor.label();
    }
    return passed() ? PASS : "wait " + GoDuration.text(waitedNanos) + (decided ? "" : " or more");
  }
}
