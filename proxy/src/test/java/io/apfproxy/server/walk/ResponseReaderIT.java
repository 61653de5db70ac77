package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.flowcontrol.NoLease;
import io.apfproxy.learn.ResponseLearning;
import io.apfproxy.time.TimeSource;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.Requests;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is read along keeps an event loop for a moment only. */
@Tag("S48")
class ResponseReaderIT {
  private static final String KEY = "widgets.example.com";
  private static final int ITEMS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final ObjectStatistics objects = ObjectStatistics.learned(TimeSource.system());
  private final ResponseLearning learning =
      new ResponseLearning(objects, null, TimeSource.system());

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  /** A list that expands by about 100. */
  private static Buffer compressedList() {
    Random random = new Random(7);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(ascii("{\"items\":["));
      for (int i = 0; i < ITEMS; i++) {
        StringBuilder noise = new StringBuilder();
        random.ints(100).forEach(noise::append);
        gzip.write(ascii("{\"a\":\"" + noise + "\",\"b\":\"" + "b".repeat(100_000) + "\"}"));
        gzip.write(ascii(i < ITEMS - 1 ? "," : "]}"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(out.toByteArray());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private ResponseReader reader() {
    return ResponseReader.of(
        vertx,
        learning,
        Requests.get("/apis/example.com/v1/widgets"),
        NoLease.INSTANCE::watchInitialised,
        200,
        MultiMap.caseInsensitiveMultiMap()
            .add("Content-Type", "application/json")
            .add("Content-Encoding", "gzip"));
  }

  @Test
  void readsABodyThatExpandsInTurnsBetweenThoseOfOthers() {
    Buffer body = compressedList();
    AtomicReference<ObjectReading> atTheEnd = new AtomicReference<>();
    AtomicInteger turnsOfOthers = new AtomicInteger();

    vertx.runOnContext(
        start -> {
          vertx.setPeriodic(
              1,
              tick -> {
                if (objects.read(KEY).state() == ObjectReading.State.NOT_TRACKED) {
                  turnsOfOthers.incrementAndGet();
                }
              });
          ResponseReader reader = reader();
          reader.accept(body);
          reader.end(true);
          atTheEnd.set(objects.read(KEY));
        });

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> objects.read(KEY).state() == ObjectReading.State.FRESH);
    assertThat(objects.read(KEY).count()).isEqualTo(ITEMS);
    assertThat(objects.read(KEY).averageSize()).isGreaterThan(100_000);
    assertThat(atTheEnd.get()).as("not in one turn").isEqualTo(ObjectReading.NOT_TRACKED);
    assertThat(turnsOfOthers.get()).isPositive();
  }

  @Test
  void isNoneForAWatchThatHasShownAllWithItsHead() throws Exception {
    String watch = "/api/v1/pods?watch=true";
    AtomicInteger initialised = new AtomicInteger();

    List<ResponseReader> readers =
        inOneTurn(
            () ->
                List.of(
                    watch(watch + "&resourceVersion=7", initialised),
                    watch(watch + "&resourceVersion=8", initialised),
                    watch(watch, new AtomicInteger())));

    assertThat(initialised).hasValue(2);
    assertThat(readers.get(0))
        .as("nothing of each is kept")
        .isSameAs(readers.get(1))
        .isNotSameAs(readers.get(2));
  }

  /** Where no timer runs meanwhile, be it one of milliseconds. */
  private <T> T inOneTurn(Supplier<T> work) throws Exception {
    Promise<T> done = Promise.promise();
    vertx.runOnContext(turn -> done.complete(work.get()));
    return done.future().toCompletionStage().toCompletableFuture().get();
  }

  private ResponseReader watch(String url, AtomicInteger initialised) {
    return ResponseReader.of(
        vertx,
        learning,
        Requests.get(url),
        initialised::incrementAndGet,
        200,
        MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json"));
  }
}
