package io.apfproxy.report;

/** What the data path reports, for counters and gauges. Called on event loops: must be cheap. */
public interface Reporter {
  /** Things that are held for a while; each must read 0 once the last client has left. */
  enum Held {
    /** A request between its head and the end of its exchange at the upstream. */
    EXCHANGE,
    /** An upgraded connection. */
    TUNNEL,
    /** A request or stream that the upstream works on. */
    UPSTREAM_STREAM,
    /** One of those that nobody waits for any more, until it ends or may be reset. */
    UNWANTED_STREAM,
    /** A connection to the upstream, tunnels not counted. */
    UPSTREAM_CONNECTION
  }

  /**
   * One more or one less is held.
   *
   * @param delta 1 or -1
   */
  void held(Held what, int delta);

  /**
   * The proxy answered a request itself.
   *
   * @param rule fixed name of the rule that refused
   */
  void refused(String rule, int code);

  /** A response head goes to a client, forwarded or our own. */
  void responded(int code);

  /** Bytes of a forwarded response body. */
  void responseBytes(int bytes);

  /** A response could not be completed and was cut off, so that it does not look complete. */
  void aborted(String rule);

  /** Nobody listens. */
  Reporter NONE =
      new Reporter() {
        @Override
        public void held(Held what, int delta) {}

        @Override
        public void refused(String rule, int code) {}

        @Override
        public void responded(int code) {}

        @Override
        public void responseBytes(int bytes) {}

        @Override
        public void aborted(String rule) {}
      };
}
