package io.apfproxy.server;

/** Why a connection is not let in. */
enum ConnectionRule {
  TOTAL("connections-total", true, "--max-connections"),
  HANDSHAKES("handshakes-total", true, "--max-tls-handshakes"),
  DESCRIPTORS("file-descriptors", true, "the operating system's limit on open files"),
  OF_ADDRESS("connections-of-address", false, "--max-connections-per-address"),
  HANDSHAKES_OF_ADDRESS("handshakes-of-address", false, "a quarter of --max-tls-handshakes"),
  NEW_OF_ADDRESS("new-connections-of-address", false, "--max-new-connections-per-address");

  private final String label;
  private final boolean pauses;
  private final String limit;

  ConnectionRule(String label, boolean pauses, String limit) {
    this.label = label;
    this.pauses = pauses;
    this.limit = limit;
  }

  /** Fixed name, for metric and log. */
  String label() {
    return label;
  }

  /** For the log: what is done, and which setting asks for it. */
  String message() {
    return (pauses ? "accepting pauses, " : "closed, ") + limit + " is reached";
  }
}
