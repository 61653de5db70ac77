package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S84")
class StreamOpenerTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void failsWhoAskedWhenTheLibraryThrows() {
    IllegalArgumentException thrown = new IllegalArgumentException("no such address");
    StreamOpener opener = new StreamOpener(vertx, 1, 1_000);

    for (int i = 0; i < 2; i++) {
      Future<HttpClientRequest> opened =
          opener.open(
              () -> {
                throw thrown;
              });
      assertThat(opened.cause()).isSameAs(thrown);
    }
  }

  @Test
  void triesOnceMoreWhereTheFirstConnectionIsSlowAndServesAllByTheSecond() {
    Promise<HttpClientRequest> slow = Promise.promise();
    AtomicInteger attempts = new AtomicInteger();
    StreamOpener opener = new StreamOpener(vertx, 10, 60_000);
    Supplier<Future<HttpClientRequest>> opening =
        () -> attempts.incrementAndGet() == 1 ? slow.future() : Future.succeededFuture();

    Future<HttpClientRequest> first = opener.open(opening);
    List<Future<HttpClientRequest>> others =
        List.of(opener.open(opening), opener.open(opening), opener.open(opening));

    await().untilAsserted(() -> assertThat(others).allMatch(Future::succeeded));
    assertThat(first.isComplete()).isFalse();
    assertThat(opener.open(opening).succeeded()).isTrue();
    slow.complete();
    assertThat(first.succeeded()).isTrue();
  }

  @Test
  void tellsEverybodyWhenTheSecondFailsTooAndHasNoThird() {
    List<Promise<HttpClientRequest>> attempts = new CopyOnWriteArrayList<>();
    StreamOpener opener = new StreamOpener(vertx, 10, 60_000);
    Supplier<Future<HttpClientRequest>> opening =
        () -> {
          Promise<HttpClientRequest> attempt = Promise.promise();
          attempts.add(attempt);
          return attempt.future();
        };
    List<Future<HttpClientRequest>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(opener.open(opening));
    }
    await().untilAsserted(() -> assertThat(attempts).hasSize(2));

    attempts.get(0).fail("first");
    assertThat(all).filteredOn(Future::failed).hasSize(1);
    attempts.get(1).fail("second");

    assertThat(all).allMatch(Future::failed);
    assertThat(attempts).hasSize(2);
  }
}
