package io.apfproxy.whole;

import io.apfproxy.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/** Asks whether a front serves. */
final class Probe {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final HttpRequest request;

  private Probe(HttpClient http, HttpRequest request) {
    this.http = http;
    this.request = request;
  }

  /** By a request as clients send it. */
  static Probe ofClients(Path authority, int port, String token) {
    return new Probe(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Trust.in(authority))
            .build(),
        get("https://localhost:" + port + FastUpstream.SMALL)
            .header("Authorization", "Bearer " + token)
            .build());
  }

  /** By what our proxy says of itself. */
  static Probe ofOperators(int port) {
    return new Probe(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        get("http://127.0.0.1:" + port + "/readyz").build());
  }

  private static HttpRequest.Builder get(String page) {
    return HttpRequest.newBuilder(URI.create(page)).timeout(LIMIT);
  }

  boolean isServed() {
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
