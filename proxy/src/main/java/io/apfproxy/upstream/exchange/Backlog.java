package io.apfproxy.upstream.exchange;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What the client of one response has not taken: counted until it has gone to the socket, and let
 * grow while there is room for it. Belongs to the event loop of the request.
 */
final class Backlog {
  /*
   * It lies in the queue of the client's response, which has no bound of its own and keeps what it
   * gets where it is: bytes that Vert.x copied to the heap when they came. So nothing is copied
   * here, order needs no care, and the room is a part of the heap.
   *
   * Most clients read at once: each write has gone by the time it returns, and nothing need be
   * counted for all, nor be there to count it.
   */
  private static final int WRITE_BYTES = 256;

  /** What is less may wait for its client unwatched. */
  private static final int LARGE_BYTES = 60 << 10;

  private final Backlogs all;
  private final String address;
  private final Runnable cutOff;
  private final HeldSeats seats;
  private UnreadBytes.@Nullable Response unread;
  private ResponsePool.@Nullable Room room;
  private Runnable less = () -> {};
  private long waiting;
  private long taken;
  private long behind;

  /**
   * @param address of its client
   * @param cutOff as {@link UnreadBytes#response} has it
   * @param seats while it holds some, it may have room in the pool
   */
  Backlog(Backlogs all, String address, Runnable cutOff, HeldSeats seats) {
    this.all = all;
    this.address = address;
    this.cutOff = cutOff;
    this.seats = seats;
  }

  /** Runs this whenever its client has taken some. */
  void whenLess(Runnable action) {
    less = action;
  }

  /** Counts a write until it has gone, or never will. */
  void add(Future<Void> write, int size) {
    if (write.isComplete() && waiting == 0 && behind == 0) {
      taken += size;
      return;
    }
    waiting += size + WRITE_BYTES;
    unread().add(size + WRITE_BYTES);
    write.onComplete(gone -> gone(size));
  }

  private void gone(int size) {
    waiting -= size + WRITE_BYTES;
    taken += size;
    unread().remove(size + WRITE_BYTES);
    if (room != null) {
      room.shrink(waiting);
    }
    less.run();
  }

  private UnreadBytes.Response unread() {
    if (unread == null) {
      unread = all.unread().response(address, cutOff);
    }
    return unread;
  }

  /** Whether more may come though its client does not read. */
  boolean mayGrow() {
    if (seats.held() == 0) {
      return false;
    }
    if (room == null) {
      room = all.pool().room(seats.user());
    }
    return room.grow(waiting);
  }

  /**
   * So many bytes may wait on the upstream's side of it, as they are not read any more. Harmless
   * when some do.
   */
  void leaveBehind(long bytes) {
    if (behind == 0) {
      behind = bytes;
      unread().add(bytes);
    }
  }

  /** They are read again, or will never be. Harmless when there are none. */
  void catchUp() {
    long read = behind;
    behind = 0;
    if (read > 0) {
      unread().remove(read);
    }
  }

  HeldSeats seats() {
    return seats;
  }

  /** Bytes that wait, with what each write takes. */
  long waiting() {
    return waiting;
  }

  /** Bytes of the body that its client has taken. */
  long taken() {
    return taken;
  }

  /** Bytes for which it has room. */
  long room() {
    return room == null ? 0 : room.held();
  }

  boolean isLarge() {
    return waiting >= LARGE_BYTES;
  }
}
