package io.apfproxy.admin;

import io.vertx.core.buffer.Buffer;

/** One answer of the admin listener; may go to several who asked. */
record AdminReply(int code, String contentType, Buffer body) {
  private static final String PLAIN = "text/plain; charset=utf-8";

  static AdminReply plain(int code, String body) {
    return new AdminReply(code, PLAIN, Buffer.buffer(body));
  }

  static AdminReply json(String body) {
    return new AdminReply(200, "application/json", Buffer.buffer(body));
  }

  static AdminReply prometheus(String body) {
    return new AdminReply(200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(body));
  }
}
