package io.apfproxy.admin;

import io.apfproxy.admin.AdminPages.Check;
import io.apfproxy.admin.AdminPages.Dump;
import io.vertx.core.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An admin listener with pages that a test holds up, and makes fail. */
abstract class AdminServerFixture {
  static final Duration LONG = Duration.ofSeconds(60);
  static final String DUMPS = "/debug/api_priority_and_fairness/";

  final Pages pages = new Pages();

  record Answer(int code, String head, String body) {}

  static final class Pages extends FakePages {
    volatile boolean upstream = true;
    volatile boolean queues = true;
    volatile String note = "";
    final CountDownLatch slow = new CountDownLatch(1);
    final CountDownLatch entered = new CountDownLatch(1);
    volatile boolean block;
    volatile @Nullable Error thrown;

    private void fail() {
      Error error = thrown;
      if (error != null) {
        throw error;
      }
    }

    @Override
    public List<Check> readiness() {
      fail();
      return List.of(new Check("upstream", upstream), new Check("shutdown", true, note));
    }

    @Override
    public String metrics() {
      fail();
      stand();
      return "up 1\n";
    }

    private void stand() {
      if (block) {
        entered.countDown();
        try {
          slow.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public Optional<String> explain(
        String method, String url, @Nullable String user, List<String> groups, boolean json) {
      if (url.isEmpty()) {
        throw new IllegalArgumentException("no URL");
      }
      return queues
          ? Optional.of(
              (json ? "as JSON " : "")
                  + method
                  + " "
                  + url
                  + " by "
                  + user
                  + " of "
                  + groups
                  + "\n")
          : Optional.empty();
    }

    @Override
    public Optional<String> top(
        @Nullable String by,
        @Nullable String window,
        @Nullable String sort,
        @Nullable String limit,
        String output) {
      return Optional.empty();
    }

    @Override
    public Optional<String> dump(Dump what, boolean withRequestDetails) {
      fail();
      stand();
      return queues ? Optional.of(what + " " + withRequestDetails + "\n") : Optional.empty();
    }
  }

  final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AdminDoor door =
      new AdminDoor() {
        @Override
        public void open(Context context) {}

        @Override
        public void refused(
            int code, String rule, String message, @Nullable Throwable cause, String address) {
          refusals.add(code + " " + rule);
        }

        @Override
        public void cutOff(String rule, String message, String address) {
          refusals.add("cut off " + rule);
        }
      };

  @RegisterExtension private final RunningAdmin admin = RunningAdmin.plain(pages, door);

  @AfterEach
  void stop() {
    pages.slow.countDown();
    threads.shutdown();
  }

  final Answer get(String path) throws IOException {
    return send("GET", path, "localhost:" + admin.port());
  }

  final Answer send(String method, String path, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
      socket.setSoTimeout(60_000);
      String head =
          method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = all.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(all.substring(9, 12)),
          all.substring(0, end).toLowerCase(Locale.ROOT),
          all.substring(end + 4));
    }
  }

  final CompletableFuture<Answer> ask(String path) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return get(path);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        threads);
  }
}
