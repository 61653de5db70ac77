package io.apfproxy.whole;

/** What all fronts of a run stand before, alone on loopback. Closing it ends it. */
interface Upstream extends AutoCloseable {
  int port();

  /** Of the user whose requests are measured. */
  String token();

  @Override
  void close();
}
