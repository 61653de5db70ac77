package io.apfproxy.upstream.members;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * The servers that are an upstream together, of which one is chosen for each request. Belongs to
 * one event loop.
 *
 * @param <M> what a request is sent by
 */
public final class Members<M> {
  /*
   * A request costs its server what it costs here, so the choice is by seats, not by requests. Each
   * event loop counts its own: if each spreads evenly, so do all of them together, and none waits for
   * another. A watch counts for as long as it lasts, also when its seats have gone back.
   */
  private final List<Standing<M>> members;
  private final Outage outage;
  private final LongSupplier nanos;

  /**
   * @param members at least one
   * @param outage is told what requests find, and knows when there is nobody
   * @param nanos monotonic time; read only while a member cannot be reached
   */
  public Members(List<M> members, Outage outage, LongSupplier nanos) {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("an upstream has no member, must have at least one");
    }
    this.members = members.stream().map(Standing::new).toList();
    this.outage = outage;
    this.nanos = nanos;
  }

  /**
   * Chooses the member with the fewest seats in use, the first of equals. One that could not be
   * reached is passed over for as long as others can be, but for a request now and then.
   *
   * @param seats that the request occupies; what needs none, 0, counts as one here
   */
  public Chosen<M> choose(int seats) {
    Standing<M> best = members.get(0);
    boolean bestMayBeTried = best.health().mayBeTried(nanos);
    for (int i = 1; i < members.size(); i++) {
      Standing<M> next = members.get(i);
      boolean mayBeTried = next.health().mayBeTried(nanos);
      if (mayBeTried == bestMayBeTried ? next.seats() < best.seats() : mayBeTried) {
        best = next;
        bestMayBeTried = mayBeTried;
      }
    }
    best.health().tried(nanos);
    return new Chosen<>(best, seats, outage, nanos);
  }
}
