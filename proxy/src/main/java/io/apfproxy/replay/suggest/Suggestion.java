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
    long ownRefusedAfter) {}
