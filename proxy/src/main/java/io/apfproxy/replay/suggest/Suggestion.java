package io.apfproxy.replay.suggest;

/**
 * A proposal that was run. Waits in nanoseconds, of the elephant's level without the elephant: the
 * longest of all but a hundredth.
 *
 * @param ownRefusedBefore requests of the elephant itself that were refused
 */
public record Suggestion(
    Proposal proposal,
    long waitBefore,
    long waitAfter,
    long refusedBefore,
    long refusedAfter,
    long ownRefusedBefore,
    long ownRefusedAfter,
    Verdict verdict) {
  /** What speaks for it, or against it. */
  public enum Verdict {
    HELPS,
    /** The others wait hardly less, and as many of them are refused. */
    TOO_LITTLE,
    /** At another level somebody waits longer, or more are refused. */
    HURTS_ANOTHER_LEVEL
  }
}
