package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Secrets go through the proxy in every place that has one, and come out in none. */
@Tag("I5")
@Tag("S23")
class SecretsIT {
  private static final String CANARY = "canary-8fd1c2a0";
  private static final String PODS = "/api/v1/namespaces/default/pods";

  @TempDir Path directory;
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.apfproxy");
  private final Level usual = root.getLevel();
  private final Level oursUsually = ours.getLevel();
  private final Lines log = new Lines();
  private final List<String> answers = new ArrayList<>();

  /** All that is logged, with the causes of failures. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      StringWriter line = new StringWriter();
      line.append(event.getFormattedMessage());
      for (var cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
        new PrintWriter(line, true).println(cause.getClassName() + ": " + cause.getMessage());
      }
      lines.add(line.toString());
    }
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(log);
    root.setLevel(usual);
    ours.setLevel(oursUsually);
  }

  private void listen() {
    log.setContext(root.getLoggerContext());
    log.start();
    root.addAppender(log);
    root.setLevel(Level.DEBUG);
    ours.setLevel(Level.TRACE);
  }

  @Test
  void secretsComeOutNowhere() throws Exception {
    listen();
    List<String> secrets = new ArrayList<>(List.of(CANARY, base64Url(CANARY)));
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    try (EmbeddedApiServer upstream =
        EmbeddedApiServer.builder(folder).user("alice").allow("alice", "*", "*").start()) {
      secrets.add(upstream.token("alice"));
      try (ProxyApp proxy = ProxyApp.start(options(upstream))) {
        secrets.add(keyLine(directory.resolve("certs").resolve("apf-proxy.key")));
        HttpClient client = client(proxy);
        String alice = "Bearer " + upstream.token("alice");

        send(client, proxy, PODS, "Authorization", alice);
        send(client, proxy, PODS, "Authorization", "Bearer " + CANARY);
        send(client, proxy, PODS, "Authorization", "Basic " + CANARY);
        send(client, proxy, PODS, "Authorization", "Bearer " + CANARY + " b", "Cookie", CANARY);
        send(client, proxy, PODS, "Authorization", alice, "Cookie", "s=" + CANARY);
        send(client, proxy, PODS, "Authorization", alice, "Proxy-Authorization", CANARY);
        send(client, proxy, PODS, "Impersonate-User", "bob", "Authorization", "Bearer " + CANARY);
        send(client, proxy, PODS, "X-Secret", CANARY, "Impersonate-Foo", CANARY);
        send(client, proxy, PODS + "/p/exec?command=export%20PW=" + CANARY, "Authorization", alice);
        send(client, proxy, PODS + "?timeout=" + CANARY, "Authorization", alice);
        send(client, proxy, "/api/v1/watch?token=" + CANARY, "Authorization", alice);
        send(
            client,
            proxy,
            PODS + "?watch=1",
            "Sec-WebSocket-Protocol",
            "base64url.bearer.authorization.k8s.io." + base64Url(CANARY) + ", v4.channel.k8s.io");
        List<CompletableFuture<?>> waiting = letSomeWait(client, proxy, upstream, alice);
        askForPages(proxy);
        stop(upstream);
        waiting.forEach(CompletableFuture::join);
        send(client, proxy, PODS, "Authorization", alice);
        send(client, proxy, PODS, "Authorization", "Bearer " + CANARY + "2");
        askForPages(proxy);
      }
    }

    assertThat(log.lines).as("the log is listened to").anyMatch(line -> line.contains("\"verb\""));
    for (String secret : secrets) {
      assertThat(log.lines).as("log").noneMatch(line -> line.contains(secret));
      assertThat(answers).as("answers").noneMatch(answer -> answer.contains(secret));
    }
  }

  /** Before its time: the proxy finds it gone. */
  private static void stop(EmbeddedApiServer upstream) {
    upstream.close();
  }

  private ProxyOptions options(EmbeddedApiServer upstream) throws Exception {
    return LocalProxy.options(
        upstream.adminKubeconfig(),
        directory,
        "--max-requests-inflight=20",
        "--max-mutating-requests-inflight=2",
        "--hold-while-down=1s");
  }

  /** So that the dumps have something to show, as long as the upstream is there. */
  private List<CompletableFuture<?>> letSomeWait(
      HttpClient client, ProxyApp proxy, EmbeddedApiServer upstream, String alice) {
    upstream.script().on("list", "/api/v1/.*configmaps").delay(Duration.ofMinutes(10)).play();
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sent.add(
          client.sendAsync(
              request(
                  proxy,
                  "/api/v1/namespaces/default/configmaps?labelSelector=a%3D" + CANARY,
                  "Authorization",
                  alice),
              BodyHandlers.ofString()));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> page(proxy, "dump_requests?includeRequestDetails=1").contains("alice"));
    return sent;
  }

  private void askForPages(ProxyApp proxy) throws Exception {
    for (String path :
        List.of(
            "/metrics",
            "/readyz?verbose",
            "/livez?token=" + CANARY,
            "/" + CANARY,
            "/debug/api_priority_and_fairness/explain?method=GET&url=/api?x&user=alice")) {
      answers.add(admin(proxy, path).replace("/" + CANARY, ""));
    }
    for (String dump :
        List.of("dump_priority_levels", "dump_queues", "dump_requests?includeRequestDetails=1")) {
      answers.add(page(proxy, dump));
    }
  }

  private static String page(ProxyApp proxy, String name) throws Exception {
    return admin(proxy, "/debug/api_priority_and_fairness/" + name);
  }

  private static String admin(ProxyApp proxy, String path) throws Exception {
    return LocalProxy.admin(proxy, path).body();
  }

  private void send(HttpClient client, ProxyApp proxy, String path, String... headers)
      throws Exception {
    HttpResponse<String> answer =
        client.send(request(proxy, path, headers), BodyHandlers.ofString());
    answers.add(answer.headers().map() + answer.body());
  }

  private static HttpRequest request(ProxyApp proxy, String path, String... headers) {
    return HttpRequest.newBuilder(LocalProxy.url(proxy, path))
        .headers(headers)
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  private static HttpClient client(ProxyApp proxy) {
    return LocalProxy.client(proxy, HttpClient.Version.HTTP_1_1);
  }

  /** The key's first bytes, as PEM has them. */
  private static String keyLine(Path pem) throws Exception {
    return Files.readAllLines(pem).get(1);
  }

  private static String base64Url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
