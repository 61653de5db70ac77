package io.apfproxy.server.listen;

/** Why a connection is not let in, or not yet. */
enum ConnectionRule {
  TOTAL("connections-total", Fate.STAYS_OUTSIDE, "--max-connections"),
  DESCRIPTORS("file-descriptors", Fate.STAYS_OUTSIDE, "the operating system's limit on open files"),
  OF_ADDRESS("connections-of-address", Fate.CLOSED, "--max-connections-per-address"),
  HANDSHAKES("handshakes-total", Fate.WAITS, "--max-tls-handshakes"),
  HANDSHAKES_OF_ADDRESS("handshakes-of-address", Fate.WAITS, "a quarter of --max-tls-handshakes"),
  NEW_OF_ADDRESS("new-connections-of-address", Fate.WAITS, "--max-new-connections-per-address"),
  HANDSHAKE_TIME("handshake-seconds", Fate.CLOSED, "its time for its part of the handshake");

  private enum Fate {
    STAYS_OUTSIDE("accepting pauses, "),
    WAITS("waits for its handshake, "),
    CLOSED("closed, ");

    private final String words;

    Fate(String words) {
      this.words = words;
    }
  }

  private final String label;
  private final Fate fate;
  private final String limit;

  ConnectionRule(String label, Fate fate, String limit) {
    this.label = label;
    this.fate = fate;
    this.limit = limit;
  }

  /** Fixed name, for metric and log. */
  String label() {
    return label;
  }

  /** Whether nobody may come in, and the socket is not to be read until somebody may. */
  boolean stopsAccepting() {
    return fate == Fate.STAYS_OUTSIDE;
  }

  /** For the log: what is done, and which setting asks for it. */
  String message() {
    return fate.words + limit + " is reached";
  }

  /** The same, for one that was there already and has to go. */
  String givesWay() {
    return this == HANDSHAKE_TIME
        ? message()
        : "closed to make room for another, " + limit + " is reached";
  }
}
