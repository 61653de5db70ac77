package io.apfproxy.kube.watch;

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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the number and size of objects from kube-apiserver's own metrics, which it estimates work
 * by itself. Source: specification apf-queueing.md 7.3; reference, etcd3/metrics/metrics.go.
 */
public final class ObjectCounts {
  /*
   * The page is read line by line, since a large cluster's has megabytes, and only the lines of the
   * three metrics are looked at. A value of -1 means that the server does not know either.
   */
  private static final Logger LOG = LoggerFactory.getLogger(ObjectCounts.class);
  private static final long TIMEOUT_SECONDS = 20;
  private static final int MOST_LINES = 2_000_000;
  private static final String PREFIX = "apiserver_";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "apiserver_(resource_objects|storage_objects|resource_size_estimate_bytes)"
              + "\\{(?:group=\"([^\"]*)\",)?resource=\"([^\"]*)\"} (\\S+)");

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
    Map<String, Long> counts = new HashMap<>();
    Map<String, Long> sizes = new HashMap<>();
    int lines = 0;
    for (String line = page.readLine();
        line != null && lines < MOST_LINES;
        line = page.readLine()) {
      lines++;
      Matcher sample = line.startsWith(PREFIX) ? SAMPLE.matcher(line) : null;
      if (sample == null || !sample.matches()) {
        continue;
      }
      String group = sample.group(2);
      String resource = sample.group(3);
      String key = group == null || group.isEmpty() ? resource : resource + '.' + group;
      long value = (long) Double.parseDouble(sample.group(4));
      if (value >= 0) {
        (sample.group(1).equals("resource_size_estimate_bytes") ? sizes : counts).put(key, value);
      }
    }
    counts.forEach(
        (key, count) ->
            statistics.set(key, count, count == 0 ? 0 : sizes.getOrDefault(key, 0L) / count));
  }
}
