package io.apfproxy.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What an attack did to the proxy.
 *
 * @param connections that the attacker made
 * @param acts steps of the attacker that the proxy let it finish
 * @param owed answers to the attacker itself that did not come in time
 * @param refusal how the proxy got rid of an attacker last; empty if it never did
 * @param honest what came of the honest client
 * @param heapBefore bytes in use after a collection before it began
 * @param heapHeld the same when its time was over and it still held what it had
 * @param heapAfter the same after it was gone
 * @param residentHeld bytes that were resident when its time was over
 * @param blocked callbacks that held an event loop too long
 * @param alive whether the process is still there
 */
record Outcome(
    Attack attack,
    int connections,
    int acts,
    int owed,
    String refusal,
    HonestClient.Answers honest,
    OptionalLong heapBefore,
    OptionalLong heapHeld,
    OptionalLong heapAfter,
    long residentHeld,
    Victim.Blocked blocked,
    boolean alive) {
  private static final long MOST_HELD = Victim.HEAP_BYTES / 2;
  private static final long MOST_LEFT = 32L << 20;
  private static final long MOST_P99_MILLIS = 250;
  private static final long MOST_NEW_MILLIS = 1000;

  static final String HEAD =
      String.format(
          "%-32s %6s %7s %5s | %5s %5s %5s %5s %5s | %5s %5s %5s %5s | %s",
          "attack",
          "conns",
          "acts",
          "owed",
          "p50",
          "p99",
          "new",
          "refus",
          "unans",
          "heap",
          "held",
          "after",
          "rss",
          "loops > 50 ms");

  /** One line of the table; times in milliseconds, heap in MiB. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%-32s %6d %7d %5d | %5d %5d %5d %5d %5d | %5s %5s %5s %5d | %d, longest %d%s%s%s",
        attack.title(),
        connections,
        acts,
        owed,
        honest.p50(),
        honest.p99(),
        honest.newP99(),
        honest.refusals(),
        honest.unanswered(),
        mebibytes(heapBefore),
        mebibytes(heapHeld),
        mebibytes(heapAfter),
        residentHeld >> 20,
        blocked.warnings(),
        blocked.longestMillis(),
        alive ? "" : ", PROCESS ENDED",
        honest.refused().isEmpty() ? "" : "; refused " + honest.refused(),
        refusal.isEmpty() ? "" : "; attacker: " + refusal);
  }

  /**
   * What must not be; empty if all is well.
   *
   * @param strict whether times count too
   */
  List<String> faults(boolean strict) {
    List<String> faults = new ArrayList<>();
    check(faults, alive, "the process ended");
    check(faults, connections + acts > 0 || attack == Attack.NOBODY, "nobody attacked");
    check(faults, honest.refusals() == 0, "honest requests refused: " + honest.refused());
    check(faults, honest.unanswered() == 0, "honest requests unanswered: " + honest.unanswered());
    check(faults, owed == 0, "answers that the proxy owes the attacker: " + owed);
    check(faults, grown(heapHeld) <= MOST_HELD, "heap under attack grew by " + grown(heapHeld));
    check(faults, grown(heapAfter) <= MOST_LEFT, "heap afterwards grew by " + grown(heapAfter));
    if (strict) {
      check(faults, honest.p99() <= MOST_P99_MILLIS, "p99 is " + honest.p99() + " ms");
      check(faults, honest.newP99() <= MOST_NEW_MILLIS, "new: " + honest.newP99() + " ms");
      check(faults, blocked.warnings() == 0, "event loops held: " + blocked);
    }
    return faults;
  }

  /** Whether the heap is back where it was, near enough. */
  static boolean isBack(OptionalLong before, OptionalLong now) {
    return growth(before, now) <= MOST_LEFT;
  }

  private long grown(OptionalLong now) {
    return growth(heapBefore, now);
  }

  private static long growth(OptionalLong before, OptionalLong now) {
    return before.isEmpty() || now.isEmpty()
        ? Long.MAX_VALUE // a process that cannot be asked any more
        : now.getAsLong() - before.getAsLong();
  }

  private static void check(List<String> faults, boolean holds, String otherwise) {
    if (!holds) {
      faults.add(otherwise);
    }
  }

  private static String mebibytes(OptionalLong bytes) {
    return bytes.isEmpty() ? "?" : Long.toString(bytes.getAsLong() >> 20);
  }
}
