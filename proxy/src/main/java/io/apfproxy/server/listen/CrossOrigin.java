package io.apfproxy.server.listen;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/**
 * Which web pages may read the proxy's own answers, and the answer to a browser that asks before it
 * sends. The server says the same of its own answers, so those are passed as they are. Source:
 * reference, pkg/server/filters/cors.go, with kube-apiserver's settings. Immutable.
 */
public final class CrossOrigin {
  /*
   * The patterns run on the event loop over what a client sent: they are of the kind that takes time
   * in proportion to the text, which is also Go's own.
   */
  private static final int LONGEST_ORIGIN = 1024;

  /** No page at all. */
  public static final CrossOrigin NONE = new CrossOrigin(List.of());

  private final List<Pattern> allowed;

  /**
   * @param allowed regular expressions in Go's syntax, each found somewhere in an origin
   * @throws IllegalArgumentException if one is not well-formed; the message says why
   */
  public CrossOrigin(List<String> allowed) {
    try {
      this.allowed = allowed.stream().map(Pattern::compile).toList();
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private boolean allows(HttpServerRequest client) {
    if (allowed.isEmpty()) {
      return false;
    }
    String origin = client.headers().get("Origin");
    return origin != null
        && !origin.isEmpty()
        && origin.length() <= LONGEST_ORIGIN
        && allowed.stream().anyMatch(pattern -> pattern.matcher(origin).find());
  }

  /** Whether a browser asks what it may send, which the server answers to anybody. */
  public boolean isPreflight(HttpServerRequest client) {
    return client.method().name().equals("OPTIONS") && allows(client);
  }

  /** Adds to an answer of ours what the server would have added. */
  public void addTo(HttpServerRequest client, MultiMap headers) {
    if (allows(client)) {
      headers
          .set("Access-Control-Allow-Origin", client.headers().get("Origin"))
          .set("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE, PATCH")
          .set(
              "Access-Control-Allow-Headers",
              "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization,"
                  + " X-Requested-With, If-Modified-Since")
          .set("Access-Control-Expose-Headers", "Date")
          .set("Access-Control-Allow-Credentials", "true");
    }
  }
}
