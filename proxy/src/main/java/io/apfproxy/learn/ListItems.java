package io.apfproxy.learn;

/** What the body of a list response says of itself, read as it passes. Not thread-safe. */
abstract class ListItems implements BodySink {
  private long items;
  private long remaining = -1;
  private boolean wholeObjects = true;
  private boolean failed;

  /** Items seen so far. */
  final long items() {
    return items;
  }

  /** {@code metadata.remainingItemCount}, or -1 if not given. */
  final long remaining() {
    return remaining;
  }

  /** Whether the items are the objects themselves, not table rows or their metadata only. */
  final boolean wholeObjects() {
    return wholeObjects;
  }

  /** Whether the body seen so far is one whole list. */
  abstract boolean isComplete();

  @Override
  public final boolean isDone() {
    return failed;
  }

  final void foundItem() {
    items++;
  }

  final void foundRemaining(long count) {
    remaining = count;
  }

  final void foundPartsOnly() {
    wholeObjects = false;
  }

  /** What is no list is read no further. */
  final void expect(boolean valid) {
    failed |= !valid;
  }
}
