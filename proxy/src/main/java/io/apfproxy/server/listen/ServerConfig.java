package io.apfproxy.server.listen;

import io.apfproxy.tls.PemKeyPair;
import java.time.Duration;

/**
 * How the proxy listens.
 *
 * @param port 0 for any free one
 * @param eventLoops listeners that share the port, at least 1
 * @param certificate presented to clients; may be replaced later
 * @param requestTimeout longest time of a request that is not long-running
 * @param goAwayChance probability that an HTTP/2 request ends the use of its connection
 * @param connections limits of what is let in; if there are any, Vert.x must have been built with a
 *     {@link GuardedTransport}
 * @param requests limits of what requests hold
 * @param tlsEngine what makes the connections of clients
 * @param answers what our own look like
 * @param clientele whom it is for
 */
public record ServerConfig(
    String bindAddress,
    int port,
    int eventLoops,
    PemKeyPair certificate,
    Duration requestTimeout,
    double goAwayChance,
    ConnectionLimits connections,
    RequestLimits requests,
    TlsEngine tlsEngine,
    OwnAnswers answers,
    Clientele clientele) {
  /** See {@link ClientEngines}. */
  public enum TlsEngine {
    AUTO,
    BORINGSSL,
    JDK
  }

  public ServerConfig {
    if (eventLoops < 1) {
      throw new IllegalArgumentException("eventLoops is " + eventLoops + ", must be 1 or more");
    }
    if (!(goAwayChance >= 0 && goAwayChance <= 1)) {
      throw new IllegalArgumentException("goAwayChance is " + goAwayChance + ", must be in 0..1");
    }
  }
}
