package io.apfproxy.upstream.members;

/** One member, as the choice sees it. Not thread-safe. */
final class Standing<M> {
  private final M member;
  private final Health health = new Health();
  private long seats;

  Standing(M member) {
    this.member = member;
  }

  M member() {
    return member;
  }

  Health health() {
    return health;
  }

  long seats() {
    return seats;
  }

  /** So many more are in use, or fewer. */
  void add(int number) {
    seats += number;
  }
}
