package io.apfproxy.admin;

/** One answer of the admin listener. */
record AdminReply(int code, String contentType, String body) {
  private static final String PLAIN = "text/plain; charset=utf-8";

  static AdminReply plain(int code, String body) {
    return new AdminReply(code, PLAIN, body);
  }

  static AdminReply prometheus(String body) {
    return new AdminReply(200, "text/plain; version=0.0.4; charset=utf-8", body);
  }
}
