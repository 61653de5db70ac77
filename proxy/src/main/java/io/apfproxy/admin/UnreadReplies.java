package io.apfproxy.admin;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Replies that were sent and that their readers have not taken. Where the next one has no room,
 * those have to go that have stood still longest. Belongs to one event loop, but for what is
 * counted.
 */
final class UnreadReplies {
  /*
   * Nobody is kept out: who reads takes all within a moment, so who stands here longest does not. He
   * goes first whose address has more than a share, then whoever is eldest. A reply counts as a whole
   * until all of it was taken, for so long it is in memory. The one that comes is never cut off for
   * itself: alone it may be of any size. There are no more of them than connections, so all are
   * looked through.
   */
  private static final int SHARE = 4;

  private final long most;
  private final Set<Reply> waiting = new LinkedHashSet<>();
  private final Map<String, Long> ofAddresses = new HashMap<>();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong cut = new AtomicLong();

  UnreadReplies(long most) {
    this.most = most;
  }

  /** One of them. */
  final class Reply {
    private final String address;
    private final long bytes;
    private final Runnable cutOff;

    private Reply(String address, long bytes, Runnable cutOff) {
      this.address = address;
      this.bytes = bytes;
      this.cutOff = cutOff;
    }

    /** It was taken, or nobody is there any more to take it. Harmless when repeated. */
    void over() {
      if (waiting.remove(this)) {
        taken.addAndGet(-bytes);
        ofAddresses.merge(address, -bytes, UnreadReplies::sum);
      }
    }
  }

  private static @Nullable Long sum(Long before, Long more) {
    long after = before + more;
    return after == 0 ? null : after; // and so it is forgotten
  }

  /**
   * Makes room for one that is about to be sent.
   *
   * @param address of its reader
   * @param cutOff called at most once, before a later one is sent; what it holds counts no more
   */
  Reply add(String address, long bytes, Runnable cutOff) {
    while (taken.get() + bytes > most && !waiting.isEmpty()) {
      Reply leaves = next();
      leaves.over();
      cut.incrementAndGet();
      leaves.cutOff.run();
    }
    Reply comes = new Reply(address, bytes, cutOff);
    waiting.add(comes);
    taken.addAndGet(bytes);
    ofAddresses.merge(address, bytes, UnreadReplies::sum);
    return comes;
  }

  private Reply next() {
    Iterator<Reply> eldest = waiting.iterator();
    Reply first = eldest.next();
    Reply one = first;
    while (!isOverShare(one.address) && eldest.hasNext()) {
      one = eldest.next();
    }
    return isOverShare(one.address) ? one : first;
  }

  private boolean isOverShare(String address) {
    return ofAddresses.getOrDefault(address, 0L) > most / SHARE;
  }

  /** Bytes that are not taken. */
  long taken() {
    return taken.get();
  }

  /** How many were cut off for want of room. */
  long cut() {
    return cut.get();
  }
}
