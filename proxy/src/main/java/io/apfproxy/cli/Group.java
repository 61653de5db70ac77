package io.apfproxy.cli;

/** Headings of the help, in order. */
enum Group {
  LISTENER("Listener"),
  UPSTREAM("Upstream"),
  AUTHENTICATION("Who asks"),
  FLOW_CONTROL("Flow control"),
  LIMITS("Limits"),
  BREAK_GLASS("Break-glass lane"),
  ADMIN("Admin"),
  GENERAL("General");

  private final String heading;

  Group(String heading) {
    this.heading = heading;
  }

  String heading() {
    return heading;
  }
}
