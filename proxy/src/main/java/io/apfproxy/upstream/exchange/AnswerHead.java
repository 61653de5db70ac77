package io.apfproxy.upstream.exchange;

import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.URI;

/** The head of a response, from the upstream to the client. */
final class AnswerHead {
  private AnswerHead() {}

  /**
   * Writes what the client may see of it to its response, which has no header yet, and has none if
   * this throws.
   *
   * @param server the upstream's own URL
   * @return length of the body, or -1 if it ends with the stream
   * @throws RefusedException 502 if the client may not see such a response
   */
  static long copy(
      HttpClientResponse answer, HttpServerResponse response, Outgoing request, URI server)
      throws RefusedException {
    int code = answer.statusCode();
    if (code < 200) {
      throw UpstreamFault.protocol("the upstream switched protocols unasked");
    }
    Redirects.check(code, answer.headers(), request, server);
    boolean bodyless = request.method().equals("HEAD") || code == 204 || code == 304;
    try {
      long length = HeaderRules.copyResponse(answer.headers(), response.headers(), bodyless);
      response.setStatusCode(code);
      return length;
    } catch (RefusedException unfit) {
      response.headers().clear();
      throw unfit;
    }
  }

  /**
   * Whether the end of the connection is the end of the body, as HTTP/1.0 knows no chunks.
   *
   * @param length of the body, or -1
   */
  static boolean isEndless(HttpServerRequest client, long length) {
    return length < 0 && client.version() == HttpVersion.HTTP_1_0;
  }
}
