package io.apfproxy.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.work.Requests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S58")
class WatchInitialisationTest {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";
  private static final String MARKED =
      "/api/v1/pods?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
          + "&resourceVersionMatch=NotOlderThan";
  private static final String ADDED =
      "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"annotations\":"
          + "{\"k8s.io/initial-events-end\":\"true\"}}}}\n";
  private static final String BOOKMARK =
      "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"metadata\":"
          + "{\"resourceVersion\":\"7\",\"annotations\":%s}}}\n";
  private static final String PLAIN_BOOKMARK = BOOKMARK.formatted("{}");
  private static final String LAST_BOOKMARK =
      BOOKMARK.formatted("{\"k8s.io/initial-events-end\":\"true\"}");

  private static WatchInitialisation of(String url, int status, String type, String encoding) {
    return WatchInitialisation.of(Requests.get(url), status, type, encoding, new Backlog());
  }

  /** How many bytes it took. */
  private static int bytesUntilDone(WatchInitialisation watch, byte[] body, int pieces) {
    for (int at = 0; at < body.length; at += pieces) {
      int length = Math.min(pieces, body.length - at);
      watch.accept(body, at, length);
      if (watch.isDone()) {
        return at + length;
      }
    }
    return -1;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void isOverAtTheHeadWhenTheWatchGoesOnFromAVersion() {
    assertThat(of("/api/v1/pods?watch=1&resourceVersion=5", 200, JSON, "").isDone()).isTrue();
  }

  @Test
  void isOverAtTheHeadWhenTheWatchIsRefused() {
    assertThat(of(MARKED, 410, JSON, "").isDone()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/pods?watch=1", "/api/v1/pods?watch=1&resourceVersion=0"})
  void waitsForAGapWhereNothingMarksTheEnd(String url) {
    WatchInitialisation watch = of(url, 200, JSON, "");

    assertThat(watch.isDone()).isFalse();
    assertThat(watch.quietNanos()).isBetween(1L, 10_000_000L); // else seats lie idle: B10
    assertThat(watch.capNanos()).isEqualTo(60_000_000_000L);
    watch.accept(utf8(LAST_BOOKMARK), 0, LAST_BOOKMARK.length());
    assertThat(watch.isDone()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 65536})
  void findsTheBookmarkInJsonHoweverItIsCut(int pieces) {
    WatchInitialisation watch = of(MARKED, 200, JSON, "");
    String before = ADDED + ADDED.replace("true", "x".repeat(9000)) + PLAIN_BOOKMARK;

    assertThat(watch.quietNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(bytesUntilDone(watch, utf8(before), pieces)).isEqualTo(-1);
    assertThat(bytesUntilDone(watch, utf8(LAST_BOOKMARK), pieces)).isPositive();
    assertThat(watch.isDone()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 65536})
  void findsTheBookmarkInProtobufHoweverItIsCut(int pieces) {
    WatchInitialisation watch = of(MARKED, 200, PROTOBUF, "");
    ByteArrayOutputStream before = new ByteArrayOutputStream();
    before.writeBytes(frame("ADDED", pod(true)));
    before.writeBytes(frame("ADDED", new byte[9000]));
    before.writeBytes(frame("BOOKMARK", pod(false)));

    assertThat(bytesUntilDone(watch, before.toByteArray(), pieces)).isEqualTo(-1);
    assertThat(bytesUntilDone(watch, frame("BOOKMARK", pod(true)), pieces)).isPositive();
  }

  @Test
  void findsTheBookmarkInACompressedStreamBeforeItEnds() throws IOException {
    WatchInitialisation watch = of(MARKED, 200, JSON, "gzip");
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(wire, 512, true)) {
      gzip.write(utf8(ADDED + LAST_BOOKMARK));
      gzip.flush();

      assertThat(bytesUntilDone(watch, wire.toByteArray(), 10)).isPositive();
    }
    watch.close();
    assertThat(watch.isDone()).isTrue();
  }

  @Test
  void fallsBackToAGapWhenTheStreamCannotBeRead() {
    assertThat(of(MARKED, 200, "application/cbor-seq", "").quietNanos()).isLessThan(Long.MAX_VALUE);
    WatchInitialisation odd = of(MARKED, 200, JSON, "");
    bytesUntilDone(odd, utf8("{ \"object\": {}, \"type\": \"ADDED\" }\n"), 100);
    assertThat(odd.quietNanos()).isLessThan(Long.MAX_VALUE);
    WatchInitialisation noGzip = of(MARKED, 200, JSON, "gzip");
    bytesUntilDone(noGzip, utf8(ADDED), 100);
    assertThat(noGzip.quietNanos()).isLessThan(Long.MAX_VALUE);
  }

  private static byte[] pod(boolean last) {
    Proto metadata = new Proto().text(6, "7");
    if (last) {
      metadata.bytes(
          12, new Proto().text(1, "k8s.io/initial-events-end").text(2, "true").toBytes());
    }
    return Proto.envelope("Pod", new Proto().bytes(1, metadata.toBytes()).toBytes());
  }

  private static byte[] frame(String type, byte[] object) {
    byte[] event =
        new Proto().text(1, type).bytes(2, new Proto().bytes(1, object).toBytes()).toBytes();
    return ByteBuffer.allocate(4 + event.length).putInt(event.length).put(event).array();
  }
}
