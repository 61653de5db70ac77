package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/** Requests in order, linked through their own fields: adding and removing allocates nothing. */
final class RequestList {
  private @Nullable SeatRequest first;
  private @Nullable SeatRequest last;
  private int size;

  int size() {
    return size;
  }

  /** Null if empty; the rest follows by {@link SeatRequest#next}. */
  @Nullable SeatRequest first() {
    return first;
  }

  void add(SeatRequest request) {
    SeatRequest before = last;
    request.previous = before;
    if (before == null) {
      first = request;
    } else {
      before.next = request;
    }
    last = request;
    size++;
  }

  /** The request must be in this list. */
  void remove(SeatRequest request) {
    SeatRequest before = request.previous;
    SeatRequest after = request.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    request.previous = null;
    request.next = null;
    size--;
  }
}
