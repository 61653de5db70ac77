package io.apfproxy.queueset;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of a queue set for a dump, in slices between which the set may change: queue
 * by queue first those that wait, then those that execute; at last those without queue. Not
 * thread-safe; each slice needs what guards the set.
 */
public final class RequestWalk {
  /*
   * A list goes on after the last of those read that is still in it: all behind that one came later.
   * One that begins to execute meanwhile may be read in both states.
   */
  private static final int SLICE = 1_000;

  private final QueueSet set;
  private final int most;
  private final List<RequestRow> rows = new ArrayList<>();

  /** Where it is: at a list of a queue, or of none; before the first if there is no list. */
  private @Nullable FlowQueue queue;

  private @Nullable RequestList list;
  private boolean waiting;
  private int position;
  private int listBegan;

  /**
   * @param most rows wanted
   */
  public RequestWalk(QueueSet set, int most) {
    this.set = set;
    this.most = most;
  }

  /**
   * Reads some more, a bounded number.
   *
   * @return whether there may be more
   */
  public boolean readOn() {
    for (int left = SLICE; left > 0 && rows.size() < most; left--) {
      RequestList current = list;
      if (current == null) {
        begin(set.queues.table.nextMade(0));
      } else {
        left -= read(current, Math.min(left, most - rows.size()));
        if (left > 0 && rows.size() < most && !turnToNextList()) {
          return false;
        }
      }
    }
    return rows.size() < most;
  }

  /** What was read so far. */
  public List<RequestRow> rows() {
    return rows;
  }

  private int read(RequestList current, int limit) {
    int read = 0;
    for (SeatRequest r = resume(current); r != null && read < limit; r = r.next, read++) {
      rows.add(RequestRow.of(r, queue == null ? -1 : queue.index, waiting ? position++ : -1));
    }
    return read;
  }

  private @Nullable SeatRequest resume(RequestList current) {
    int last = rows.size() - 1;
    int first = Math.max(listBegan, last - SLICE);
    for (int i = last; i >= first; i--) {
      SeatRequest known = rows.get(i).request();
      if (isStillThere(known)) {
        return known.next;
      }
    }
    return first == listBegan ? current.first() : null; // all that was read is gone
  }

  private boolean isStillThere(SeatRequest known) {
    return known.state == (waiting ? RequestState.WAITING : RequestState.EXECUTING)
        && known.queue == queue;
  }

  private boolean turnToNextList() {
    FlowQueue current = queue;
    if (current == null) {
      return false;
    }
    if (waiting) {
      enter(current.executing, false);
    } else {
      begin(set.queues.table.nextMade(current.index + 1));
    }
    return true;
  }

  private void begin(@Nullable FlowQueue next) {
    queue = next;
    enter(next == null ? set.withoutQueue : next.waiting, next != null);
  }

  private void enter(RequestList next, boolean ofWaiting) {
    list = next;
    waiting = ofWaiting;
    position = 0;
    listBegan = rows.size();
  }
}
