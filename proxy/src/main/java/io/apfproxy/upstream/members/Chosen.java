package io.apfproxy.upstream.members;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The member that one request goes to, until that has ended. Belongs to its event loop. */
public final class Chosen<M> implements AutoCloseable {
  private final Standing<M> standing;
  private final Outage outage;
  private final LongSupplier nanos;
  private final int held;
  private int seats;

  /**
   * @param held seats that the request holds, 0 for none
   */
  Chosen(Standing<M> standing, int held, Outage outage, LongSupplier nanos) {
    this.standing = standing;
    this.held = held;
    this.seats = Math.max(1, held);
    this.outage = outage;
    this.nanos = nanos;
    standing.add(seats);
  }

  public M member() {
    return standing.member();
  }

  /** Whether there is no use in sending the request, as nobody is there. */
  public boolean isAway() {
    return outage.isClosed();
  }

  /**
   * Lets the request wait until somebody is there.
   *
   * @param go it may be sent now
   * @param inVain its time is over; at most one of the two is run, on any thread, perhaps before
   *     this returns
   * @return to be closed when the request has ended there; null if it may not wait
   */
  public Outage.@Nullable Place hold(Runnable go, Runnable inVain) {
    return held == 0 ? null : outage.hold(held, go, inVain);
  }

  /** When a client that is refused because nobody is there may come back. */
  public int retryAfterSeconds() {
    return outage.retryAfterSeconds();
  }

  /** The head of its response is there. */
  public void answered() {
    outage.headCame();
  }

  /** Its own flow control refused the request. */
  public void refusedInside() {
    if (held > 0) { // what has no seats may be answered by anybody, such as a pod behind it
      outage.refusedInside();
    }
  }

  /** A connection to it is there. */
  public void reached() {
    standing.health().reached();
  }

  /** Nobody is there. Not for what only one request, or one certificate, cannot have. */
  public void foundNobody() {
    standing.health().unreachable(nanos);
    outage.foundNobody();
  }

  /** The request has ended there. Harmless when repeated. */
  @Override
  public void close() {
    standing.add(-seats);
    seats = 0;
  }
}
