package io.apfproxy.upstream.members;

import java.util.function.LongSupplier;

/** The member that one request goes to, until that has ended. Belongs to its event loop. */
public final class Chosen<M> implements AutoCloseable {
  private final Standing<M> standing;
  private final LongSupplier nanos;
  private int seats;

  Chosen(Standing<M> standing, int seats, LongSupplier nanos) {
    this.standing = standing;
    this.seats = seats;
    this.nanos = nanos;
    standing.add(seats);
  }

  public M member() {
    return standing.member();
  }

  /** A connection to it is there. */
  public void reached() {
    standing.health().reached();
  }

  /** None could be had. */
  public void unreachable() {
    standing.health().unreachable(nanos);
  }

  /** The request has ended there. Harmless when repeated. */
  @Override
  public void close() {
    standing.add(-seats);
    seats = 0;
  }
}
