package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.GuardedTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whose time an event loop's time is, where all have sent more than it can read at once. */
@Tag("I8")
class ReadingSharesIT {
  private static final int STRANGERS = 60;

  /** Of each client: as much as the kernel takes while nobody reads. */
  private static final int HEADS = 6;

  private static final int HEAD = 9_000;

  /** Notes how many heads of strangers had been read whenever one of the known client was. */
  private static final class Seen implements IdentityResolver {
    private final IdentityResolver ofFirst;
    private final AtomicInteger strange = new AtomicInteger();
    private final AtomicInteger known = new AtomicInteger();
    private final AtomicInteger strangeBeforeLastKnown = new AtomicInteger();
    private final Duration work;

    /**
     * @param work that each head is for the event loop, beside its reading
     */
    Seen(IdentityResolver ofFirst, Duration work) {
      this.ofFirst = ofFirst;
      this.work = work;
    }

    @Override
    public Future<Identity> resolve(RequestHead head, RequestInfo request) {
      if (request.path().equals("/version")) {
        return ofFirst.resolve(head, request);
      }
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < work.toNanos()) {
        Thread.onSpinWait();
      }
      if (request.path().equals("/known")) {
        strangeBeforeLastKnown.set(strange.get());
        known.incrementAndGet();
      } else {
        strange.incrementAndGet();
      }
      return Future.failedFuture(new RefusedException(401, "Unauthorized", "test", "seen"));
    }

    @Override
    public void upstreamRefused(RequestHead head) {}
  }

  @Test
  void whoIsKnownHasAShareOfItsOwnBesideTheStrangersOfItsAddress() throws Exception {
    assertThat(strangersBeforeTheKnown(Duration.ZERO)).isLessThan(HEADS * STRANGERS / 2);
  }

  /** Most of what a head costs comes when it has been read. */
  @Test
  void whatARequestTakesToBeginIsItsOwnersTimeToo() throws Exception {
    assertThat(strangersBeforeTheKnown(Duration.ofMillis(4))).isLessThan(4 * HEADS);
  }

  /** How many heads of strangers, of some hundreds, before all of the known client were read. */
  private static int strangersBeforeTheKnown(Duration work) throws Exception {
    assumeThat(Transport.EPOLL).as("only it reads in turns").isNotNull();
    assumeThat(Transport.EPOLL.available()).isTrue();
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(1))
            .withTransport(new GuardedTransport(Transport.EPOLL))
            .build();
    List<RawClient> clients = new ArrayList<>();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> request.response().end("ok"),
                HttpVersion.HTTP_2,
                HttpVersion.HTTP_1_1);
        TestProxy proxy =
            TestProxy.before(vertx, upstream.port())
                .connections(new ConnectionLimits(1_000, 1_000, 0, 0, address -> false))
                .start()) {
      Seen seen = new Seen(proxy.identities, work);
      proxy.identities = seen;
      for (int i = 0; i < STRANGERS; i++) {
        clients.add(served(proxy.port(), TestProxy.NOBODY));
      }
      RawClient known = served(proxy.port(), "Bearer known");
      clients.add(known);

      CountDownLatch sent = new CountDownLatch(1);
      vertx.runOnContext(loop -> awaitQuietly(sent));
      clients.forEach(client -> client.send(heads(client == known ? "known" : "strange")));
      sent.countDown();

      await().until(() -> seen.known.get() == HEADS);
      await().until(() -> seen.strange.get() == HEADS * STRANGERS);
      return seen.strangeBeforeLastKnown.get();
    } finally {
      clients.forEach(RawClient::close);
      get(vertx.close());
    }
  }

  private static RawClient served(int port, String authorization) {
    RawClient client = new RawClient(port);
    client.send("GET /version HTTP/1.1\r\nHost: a\r\nAuthorization: " + authorization + "\r\n\r\n");
    assertThat(client.readHead()).startsWith("HTTP/1.1 200");
    assertThat(client.read(2)).asString().isEqualTo("ok");
    return client;
  }

  private static byte[] heads(String name) {
    String head = "GET /" + name + " HTTP/1.1\r\nHost: a\r\nX-A: " + "a".repeat(HEAD) + "\r\n\r\n";
    return head.repeat(HEADS).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
