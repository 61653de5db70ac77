package io.apfproxy.work;

/** What the body of a list response says of itself, read as it passes. Not thread-safe. */
interface ListItems extends BodySink {
  /** Items seen so far. */
  long items();

  /** {@code metadata.remainingItemCount}, or -1 if not given. */
  long remaining();

  /** Whether the items are the objects themselves, not table rows or their metadata only. */
  boolean wholeObjects();

  /** Whether the body seen so far is one whole list. */
  boolean isComplete();
}
