package io.apfproxy.upstream.exchange;

import io.vertx.core.Future;

/**
 * What the client of one response has not taken: counted until it has gone to the socket, and let
 * grow while there is room for it. Belongs to the event loop of the request.
 */
final class Backlog {
  /*
   * It lies in the queue of the client's response, which has no bound of its own and keeps what it
   * gets where it is: bytes that Vert.x copied to the heap when they came. So nothing is copied
   * here, order needs no care, and the room is a part of the heap.
   */
  private static final int WRITE_BYTES = 256;

  /** What is less may wait for its client unwatched. */
  private static final int LARGE_BYTES = 60 << 10;

  private final UnreadBytes.Response unread;
  private final ResponsePool.Room room;
  private final HeldSeats seats;
  private Runnable less = () -> {};
  private long waiting;
  private long taken;
  private long behind;

  /**
   * @param unread counts for all responses
   * @param seats while it holds some, it may have room in the pool
   */
  Backlog(UnreadBytes.Response unread, ResponsePool pool, HeldSeats seats) {
    this.unread = unread;
    this.room = pool.room(seats.user());
    this.seats = seats;
  }

  /** Runs this whenever its client has taken some. */
  void whenLess(Runnable action) {
    less = action;
  }

  /** Counts a write until it has gone, or never will. */
  void add(Future<Void> write, int size) {
    waiting += size + WRITE_BYTES;
    unread.add(size + WRITE_BYTES);
    write.onComplete(gone -> gone(size));
  }

  private void gone(int size) {
    waiting -= size + WRITE_BYTES;
    taken += size;
    unread.remove(size + WRITE_BYTES);
    room.shrink(waiting);
    less.run();
  }

  /** Whether more may come though its client does not read. */
  boolean mayGrow() {
    return seats.held() > 0 && room.grow(waiting);
  }

  /**
   * So many bytes may wait on the upstream's side of it, as they are not read any more. Harmless
   * when some do.
   */
  void leaveBehind(long bytes) {
    if (behind == 0) {
      behind = bytes;
      unread.add(bytes);
    }
  }

  /** They are read again, or will never be. Harmless when there are none. */
  void catchUp() {
    long read = behind;
    behind = 0;
    if (read > 0) {
      unread.remove(read);
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
    return room.held();
  }

  boolean isLarge() {
    return waiting >= LARGE_BYTES;
  }
}
