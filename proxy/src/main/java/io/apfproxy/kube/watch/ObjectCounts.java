package io.apfproxy.kube.watch;

import io.apfproxy.work.ObjectCountPage;
import io.apfproxy.work.ObjectStatistics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the number and size of objects from kube-apiserver's own metrics, which it estimates work
 * by itself. Source: specification apf-queueing.md 7.3.
 */
public final class ObjectCounts {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectCounts.class);
  private static final long TIMEOUT_SECONDS = 20;

  private final KubernetesClient client;
  private final ObjectStatistics statistics;
  private boolean failed;

  /**
   * @param statistics of the kind that is polled
   */
  public ObjectCounts(KubernetesClient client, ObjectStatistics statistics) {
    this.client = client;
    this.statistics = statistics;
  }

  /**
   * Reads them once. Blocks for up to 20 seconds. A failure is logged and leaves what was known.
   */
  public void poll() {
    try {
      read();
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        LOG.warn("object counts are not read from the upstream's /metrics: {}", e.getMessage());
      }
      failed = true;
    }
  }

  private void read() throws IOException {
    URI page = URI.create(client.getMasterUrl().toString().replaceFirst("/+$", "") + "/metrics");
    HttpRequest request = client.getHttpClient().newHttpRequestBuilder().uri(page).build();
    CompletableFuture<HttpResponse<InputStream>> answer =
        client.getHttpClient().sendAsync(request, InputStream.class);
    try {
      HttpResponse<InputStream> response = answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      try (InputStream body = response.body()) {
        if (response.code() != 200) {
          throw new IOException("it answers " + response.code());
        }
        take(new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException | ExecutionException | KubernetesClientException e) {
      answer.cancel(true);
      throw new IOException(e.getClass().getSimpleName(), e);
    }
  }

  private void take(BufferedReader page) throws IOException {
    ObjectCountPage.read(page)
        .forEach((key, known) -> statistics.set(key, known.count(), known.averageSize()));
  }
}
