package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S84")
class StreamOpenerTest {
  private static final int MANY = 10_000;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void failsWhoAskedWhenTheLibraryThrows() {
    IllegalArgumentException thrown = new IllegalArgumentException("no such address");
    StreamOpener opener = new StreamOpener(vertx, 1_000);

    for (int i = 0; i < 2; i++) {
      Future<HttpClientRequest> opened =
          opener.open(
              () -> {
                throw thrown;
              },
              () -> true);
      assertThat(opened.cause()).isSameAs(thrown);
    }
  }

  @Test
  void triesOnceMoreWhereTheFirstConnectionIsSlowAndServesAllByTheSecond() {
    Promise<HttpClientRequest> slow = Promise.promise();
    AtomicInteger attempts = new AtomicInteger();
    StreamOpener opener = new StreamOpener(vertx, 60_000);
    Supplier<Future<HttpClientRequest>> opening =
        () -> attempts.incrementAndGet() == 1 ? slow.future() : Future.succeededFuture();

    Future<HttpClientRequest> first = opener.open(opening, () -> true);
    List<Future<HttpClientRequest>> others =
        List.of(
            opener.open(opening, () -> true),
            opener.open(opening, () -> true),
            opener.open(opening, () -> true));

    await().untilAsserted(() -> assertThat(others).allMatch(Future::succeeded));
    assertThat(first.isComplete()).isFalse();
    assertThat(opener.open(opening, () -> true).succeeded()).isTrue();
    slow.complete();
    assertThat(first.succeeded()).isTrue();
  }

  @Test
  void tellsEverybodyWhenTheSecondFailsTooAndHasNoThird() {
    List<Promise<HttpClientRequest>> attempts = new CopyOnWriteArrayList<>();
    StreamOpener opener = new StreamOpener(vertx, 60_000);
    Supplier<Future<HttpClientRequest>> opening =
        () -> {
          Promise<HttpClientRequest> attempt = Promise.promise();
          attempts.add(attempt);
          return attempt.future();
        };
    List<Future<HttpClientRequest>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(opener.open(opening, () -> true));
    }
    await().untilAsserted(() -> assertThat(attempts).hasSize(2));

    attempts.get(0).fail("first");
    assertThat(all).filteredOn(Future::failed).hasSize(1);
    attempts.get(1).fail("second");

    assertThat(all).allMatch(Future::failed);
    assertThat(attempts).hasSize(2);
  }

  @Test
  void servesWhoWaitsLongestByWhatHasBecomeFreeWhileNoConnectionCanBeMade() throws Exception {
    onLoop(
        () -> {
          StreamOpener opener = new StreamOpener(vertx, 60_000);
          Future<HttpClientRequest> hanging =
              opener.open(() -> Promise.<HttpClientRequest>promise().future(), () -> true);
          AtomicInteger free = new AtomicInteger(2);
          List<Future<HttpClientRequest>> others = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            others.add(
                opener.open(
                    () -> {
                      free.decrementAndGet();
                      return Future.succeededFuture();
                    },
                    () -> true));
          }
          assertThat(others).noneMatch(Future::isComplete);

          opener.serve(() -> free.get() > 0);

          assertThat(others.subList(0, 2)).allMatch(Future::succeeded);
          assertThat(others.get(2).isComplete()).isFalse();
          assertThat(hanging.isComplete()).isFalse();
          assertThat(opener.isFree()).isFalse();
          return others;
        });
  }

  @Test
  void refusesNobodyHoweverManyWaitForAConnection() throws Exception {
    onLoop(
        () -> {
          StreamOpener opener = new StreamOpener(vertx, 60_000);
          Promise<HttpClientRequest> first = Promise.promise();
          List<Future<HttpClientRequest>> all = new ArrayList<>();
          all.add(opener.open(first::future, () -> true));
          for (int i = 1; i < MANY; i++) {
            all.add(opener.open(Future::succeededFuture, () -> true));
          }

          assertThat(all).noneMatch(Future::isComplete);
          first.complete();

          assertThat(all).allMatch(Future::succeeded);
          return all;
        });
  }

  @Test
  void makesSoManyConnectionsAtATimeWhereEachCarriesOneRequest() throws Exception {
    onLoop(
        () -> {
          StreamOpener opener = new StreamOpener(vertx, 60_000);
          opener.parallel(true);
          Dials dials = new Dials(opener, () -> true);
          dials.ask(MANY);

          assertThat(dials.begun).hasSize(StreamOpener.AT_A_TIME);
          for (int i = 0; i < MANY; i++) {
            assertThat(dials.begun).hasSize(Math.min(MANY, StreamOpener.AT_A_TIME + i));
            if (i % 10 == 0) {
              dials.begun.get(i).fail("its own");
            } else {
              dials.begun.get(i).complete();
            }
          }

          for (int i = 0; i < MANY; i++) {
            assertThat(dials.asked.get(i).failed()).as("%s", i).isEqualTo(i % 10 == 0);
          }
          return dials;
        });
  }

  /** As those that wait for a lost packet. */
  @Test
  void countsNoMoreThoseThatAreLate() throws Exception {
    Dials dials =
        onLoop(
            () -> {
              StreamOpener opener = new StreamOpener(vertx, 60_000);
              opener.parallel(true);
              Dials slow = new Dials(opener, () -> true);
              slow.ask(StreamOpener.AT_A_TIME + 1);
              return slow;
            });

    await().until(() -> dials.begun.size() == StreamOpener.AT_A_TIME + 1);
    assertThat(dials.asked).noneMatch(Future::isComplete);
  }

  @Test
  void letsOthersGoOnAtOnceWhenItTurnsOutThatEachNeedsItsOwn() throws Exception {
    onLoop(
        () -> {
          StreamOpener opener = new StreamOpener(vertx, 60_000);
          Dials dials = new Dials(opener, () -> true);
          dials.ask(10);
          assertThat(dials.begun).hasSize(1);

          opener.parallel(true);

          assertThat(dials.begun).hasSize(10);
          return dials;
        });
  }

  @Test
  void letsThemWaitAsLongAsOthersGetThrough() throws Exception {
    int waiting = 40;
    Dials dials =
        onLoop(
            () -> {
              StreamOpener opener = new StreamOpener(vertx, 300);
              opener.parallel(true);
              Dials slow = new Dials(opener, () -> true);
              slow.ask(StreamOpener.AT_A_TIME + waiting);
              AtomicInteger next = new AtomicInteger();
              vertx.setPeriodic(20, any -> slow.complete(next.getAndIncrement()));
              return slow;
            });

    await().until(() -> dials.begun.size() == StreamOpener.AT_A_TIME + waiting);
    assertThat(dials.asked).noneMatch(Future::failed);
  }

  @Test
  void makesNoConnectionForThoseWhoLeft() throws Exception {
    onLoop(
        () -> {
          AtomicBoolean there = new AtomicBoolean(true);
          StreamOpener opener = new StreamOpener(vertx, 60_000);
          opener.parallel(true);
          Dials leaving = new Dials(opener, there::get);
          leaving.ask(MANY);
          there.set(false);
          Dials staying = new Dials(opener, () -> true);
          staying.ask(1);
          for (int i = 0; i < StreamOpener.AT_A_TIME; i++) {
            leaving.complete(i);
          }

          assertThat(leaving.begun).hasSize(StreamOpener.AT_A_TIME);
          assertThat(leaving.asked).allMatch(Future::isComplete);
          assertThat(staying.begun).hasSize(1);
          return staying;
        });
  }

  /** Who comes and leaves all the time would fill the memory while nobody is served. */
  @Test
  void forgetsThoseWhoLeftThoughNobodyIsServed() throws Exception {
    onLoop(
        () -> {
          StreamOpener opener = new StreamOpener(vertx, 60_000);
          var unused = opener.open(() -> Promise.<HttpClientRequest>promise().future(), () -> true);
          Dials staying = new Dials(opener, () -> true);
          staying.ask(100);
          Dials leaving = new Dials(opener, () -> false);
          leaving.ask(100_000);

          assertThat(leaving.asked.stream().filter(Future::isComplete).count())
              .isGreaterThan(100_000 - 5_000);
          assertThat(staying.asked).noneMatch(Future::isComplete);
          return staying;
        });
  }

  private <T> T onLoop(Callable<T> work) throws Exception {
    Promise<T> done = Promise.promise();
    vertx.runOnContext(
        now -> {
          try {
            done.complete(work.call());
          } catch (Exception | AssertionError failure) {
            done.fail(failure);
          }
        });
    return done.future().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** Requests of one opener, and the connections that were begun for them. */
  private static final class Dials {
    final List<Promise<HttpClientRequest>> begun = new CopyOnWriteArrayList<>();
    final List<Future<HttpClientRequest>> asked = new ArrayList<>();
    private final StreamOpener opener;
    private final BooleanSupplier wanted;

    Dials(StreamOpener opener, BooleanSupplier wanted) {
      this.opener = opener;
      this.wanted = wanted;
    }

    void ask(int requests) {
      for (int i = 0; i < requests; i++) {
        asked.add(opener.open(this::begin, wanted));
      }
    }

    private Future<HttpClientRequest> begin() {
      Promise<HttpClientRequest> connection = Promise.promise();
      begun.add(connection);
      return connection.future();
    }

    void complete(int which) {
      if (which < begun.size()) {
        begun.get(which).tryComplete();
      }
    }
  }
}
