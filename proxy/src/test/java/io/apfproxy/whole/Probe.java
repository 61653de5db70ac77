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

  private Probe(HttpClient http, URI page) {
    this.http = http;
    this.request = HttpRequest.newBuilder(page).timeout(LIMIT).build();
  }

  /** By a request as clients send it. */
  static Probe ofClients(Path authority, int port) {
    return new Probe(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(Trust.in(authority))
            .build(),
        URI.create("https://localhost:" + port + FastUpstream.SMALL));
  }

  /** By what our proxy says of itself. */
  static Probe ofOperators(int port) {
    return new Probe(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        URI.create("http://127.0.0.1:" + port + "/readyz"));
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
