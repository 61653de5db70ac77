package io.apfproxy.server.walk;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;

/**
 * Bytes that a request holds while it waits.
 *
 * @param head as it is in memory
 * @param body what may have arrived of it
 */
record RequestSize(long head, long body) {
  /*
   * Heads are kept as objects, which take more than their text, some of it twice: measured with
   * requests of no field, of a thousand short ones, of a few long ones, of thousands of parameters.
   * Of a body the beginning is read before a request has its seats (BodyBeginning), and as much again
   * may be there already: over HTTP/1.1 one read of the socket, over HTTP/2 what the client may send
   * before it is allowed more. A body counts as that, or as its length if it is shorter. Over HTTP/2 a GET without a length
   * is taken to have no body; one that has holds a stream's window uncounted, within the window of
   * its connection.
   */
  private record Cost(int request, int field, int quartersOfText) {
    static final Cost HTTP_1 = new Cost(5 << 10, 250, 6);
    static final Cost HTTP_2 = new Cost(8 << 10, 300, 9);
  }

  /** As text, forwarded, and split into parameters. */
  private static final int TARGET_COPIES = 4;

  private static final int BODY_BYTES = 128 << 10;

  /** Lengths of so many digits are read; longer ones are longer than what counts. */
  private static final int SHORT_DIGITS = 9;

  /** The server reads no body of theirs. */
  static final List<HttpMethod> BODYLESS = List.of(HttpMethod.GET, HttpMethod.HEAD);

  static RequestSize of(HttpServerRequest client) {
    return new RequestSize(headBytes(client), bodyBytes(client));
  }

  /** Of any head that the codec lets pass, also of one that will be refused. */
  static long headBytes(HttpServerRequest client) {
    Cost cost = client.version() == HttpVersion.HTTP_2 ? Cost.HTTP_2 : Cost.HTTP_1;
    long fields = 0;
    long text = 0;
    for (Map.Entry<String, String> field : client.headers()) {
      fields++;
      text += field.getKey().length() + field.getValue().length();
    }
    String uri = client.uri(); // HTTP/2 knows requests without
    return cost.request
        + cost.field * fields
        + text * cost.quartersOfText / 4
        + (long) TARGET_COPIES * (uri == null ? 0 : uri.length());
  }

  /** What may arrive of a body before its request is sent on; 0 if there is none. */
  static long bodyBytes(HttpServerRequest client) {
    String length = client.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      return length.length() > SHORT_DIGITS
          ? BODY_BYTES
          : Math.min(BODY_BYTES, Integer.parseInt(length));
    }
    boolean hasBody =
        client.version() == HttpVersion.HTTP_2
            ? !BODYLESS.contains(client.method())
            : client.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    return hasBody ? BODY_BYTES : 0;
  }
}
