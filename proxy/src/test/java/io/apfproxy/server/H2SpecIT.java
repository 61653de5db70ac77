package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.GuardedTransport;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What h2spec asks of a server. Skipped where its binary is not. */
@Tag("S39")
class H2SpecIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Test
  void passesAllOfH2Spec() {
    Path binary = binary();
    Vertx vertx = Vertx.builder().withTransport(new GuardedTransport(Transport.NIO)).build();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request ->
                    request.bodyHandler(body -> request.response().end("long enough to be cut")),
                HttpVersion.HTTP_2);
        TestProxy proxy =
            TestProxy.before(vertx, upstream.port())
                .connections(new ConnectionLimits(10_000, 0, 0, 0, address -> true))
                .start()) {
      CommandResult result =
          RunningCommand.start(
                  new ProcessBuilder(
                      binary.toString(),
                      "-h",
                      "127.0.0.1",
                      "-p",
                      String.valueOf(proxy.port()),
                      "-t",
                      "-k",
                      "--timeout",
                      "20"))
              .await(PATIENCE);
      assertThat(result.stdout()).contains("145 tests, 145 passed, 0 skipped, 0 failed");
      // streams that are not wanted any more are reset upstream at a bounded rate
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> proxy.events.held(Held.UPSTREAM_STREAM) == 0);
      proxy.expectRest();
    } finally {
      get(vertx.close());
    }
  }

  private static Path binary() {
    String named = System.getenv("H2SPEC");
    boolean there = named != null && Files.isExecutable(Path.of(named));
    String missing = "environment variable H2SPEC names no program: test-fixtures/h2spec/build.sh";
    if (!there && "1".equals(System.getenv("APF_REQUIRE_REAL"))) {
      throw new AssertionError(missing);
    }
    assumeTrue(there, missing);
    return Path.of(named);
  }
}
