package io.apfproxy.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.Requests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListLearningTest {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final String WIDGETS = "/apis/example.com/v1/widgets";
  private static final String KEY = "widgets.example.com";

  private final ManualTime time = new ManualTime();
  private final ObjectStatistics objects = ObjectStatistics.learned(time);
  private final ListLearning learning = new ListLearning(objects, null, new Backlog(), time);

  private void show(String url, String type, String encoding, byte[] body, int pieces) {
    ListMeter meter =
        Objects.requireNonNull(learning.meter(Requests.get(url), 200, type, encoding), "no meter");
    for (int at = 0; at < body.length; at += pieces) {
      meter.accept(body, at, Math.min(pieces, body.length - at));
    }
    meter.end();
    while (meter.isBehind()) {
      meter.goOn();
    }
    time.advance(ListLearning.INTERVAL);
  }

  private void show(String url, String body) {
    show(url, JSON, "", body.getBytes(StandardCharsets.UTF_8), 1 << 16);
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static ObjectReading fresh(long count, long size) {
    return new ObjectReading(ObjectReading.State.FRESH, count, size);
  }

  private static String list(String metadata, int items) {
    return "{\"kind\":\"WidgetList\",\"apiVersion\":\"example.com/v1\",\"metadata\":{"
        + metadata
        + "},\"items\":["
        + "{\"metadata\":{\"name\":\"a\",\"items\":[{},{}]},\"x\":\"]}{\\\"\"},".repeat(items - 1)
        + "{}]}\n";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65536})
  void countsTheItemsOfAJsonListHoweverItIsCut(int pieces) {
    byte[] body = list("\"resourceVersion\":\"1\"", 10).getBytes(StandardCharsets.UTF_8);

    show(WIDGETS, JSON, "", body, pieces);

    assertThat(objects.read(KEY)).isEqualTo(fresh(10, body.length / 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65536})
  void readsAGzipBodyHoweverItIsCut(int pieces) {
    byte[] body = list("\"remainingItemCount\":90", 10).getBytes(StandardCharsets.UTF_8);

    show(WIDGETS + "?limit=10", JSON, "gzip", gzip(body), pieces);

    assertThat(objects.read(KEY)).isEqualTo(fresh(100, body.length / 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 65536})
  void countsTheItemsOfAProtobufListHoweverItIsCut(int pieces) {
    Proto list = new Proto().bytes(1, new Proto().text(2, "77").number(4, 1000).toBytes());
    for (int i = 0; i < 5; i++) {
      list.bytes(2, new byte[300]);
    }
    byte[] body = Proto.envelope("PodList", list.toBytes());

    show("/api/v1/pods?limit=5", PROTOBUF, "", body, pieces);

    assertThat(objects.read("pods")).isEqualTo(fresh(1005, body.length / 5));
  }

  @Test
  void takesBuiltInObjectsForSmallerInStorageThanInJson() {
    byte[] body = list("", 10).getBytes(StandardCharsets.UTF_8);

    show("/api/v1/pods", JSON, "", body, body.length);

    assertThat(objects.read("pods")).isEqualTo(fresh(10, body.length / 5 * 3 / 10));
  }

  @Test
  void countsTheRowsOfATableButPrefersTheSizeOfWholeObjects() {
    show(WIDGETS, list("", 2));
    long size = objects.read(KEY).averageSize();

    show(WIDGETS, "{\"kind\":\"Table\",\"metadata\":{},\"rows\":[{\"cells\":[1]},{},{}]}");

    assertThat(objects.read(KEY)).isEqualTo(fresh(3, size));
  }

  @Test
  void countsAListOfMetadataButPrefersTheSizeOfWholeObjects() {
    show(WIDGETS, list("", 2));
    long size = objects.read(KEY).averageSize();

    show(WIDGETS, "{\"kind\":\"PartialObjectMetadataList\",\"items\":[{}]}");

    assertThat(objects.read(KEY)).isEqualTo(fresh(1, size));
  }

  @Test
  void recognisesAListOfMetadataInProtobuf() {
    show(WIDGETS, list("", 2));
    long size = objects.read(KEY).averageSize();
    byte[] one = new Proto().bytes(2, new byte[9]).toBytes();

    show(WIDGETS, PROTOBUF, "", Proto.envelope("PartialObjectMetadataList", one), 5);
    assertThat(objects.read(KEY)).isEqualTo(fresh(1, size));

    // a kind of the same length
    byte[] body = Proto.envelope("PersistentVolumeClaimList", one);
    show(WIDGETS, PROTOBUF, "", body, 5);
    assertThat(objects.read(KEY)).isEqualTo(fresh(1, body.length));
  }

  @Test
  void neverLowersTheCountByAPartOfTheObjects() {
    show(WIDGETS, list("", 20));

    show("/apis/example.com/v1/namespaces/ns/widgets", list("", 3));
    show(WIDGETS + "?labelSelector=a", list("", 2));
    show(WIDGETS + "?limit=5&continue=x", list("", 4));
    show(WIDGETS + "?limit=2&fieldSelector=a%3Db", list("", 2));

    assertThat(objects.read(KEY).count()).isEqualTo(20);
    show("/apis/example.com/v1/namespaces/ns/widgets", list("", 30));
    assertThat(objects.read(KEY).count()).as("so many exist for certain").isEqualTo(30);
    show(WIDGETS, list("", 5));
    assertThat(objects.read(KEY).count()).as("these are all").isEqualTo(5);
  }

  @Test
  void forgetsACountThatNothingConfirmedForAnHour() {
    show(WIDGETS, list("", 20));

    for (int minute = 0; minute < 61; minute++) {
      show("/apis/example.com/v1/namespaces/ns/widgets", list("", 3));
      time.advance(Duration.ofSeconds(50));
    }

    assertThat(objects.read(KEY).count()).isEqualTo(3);
    time.advance(Duration.ofMinutes(61));
    assertThat(objects.read(KEY)).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"items\":[{},{}]",
        "[{\"items\":[{}]}]",
        "\"items\"",
        "{\"items\":[{}]}}",
        "not json at all"
      })
  void learnsNothingFromABodyThatIsNotOneWholeList(String body) {
    show(WIDGETS, body);

    assertThat(objects.read(KEY)).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Tag("S59")
  @Test
  void learnsNothingFromACutResponse() {
    byte[] body = list("", 10).getBytes(StandardCharsets.UTF_8);
    ListMeter meter = Objects.requireNonNull(learning.meter(Requests.get(WIDGETS), 200, JSON, ""));

    meter.accept(body, 0, body.length);
    meter.close();
    meter.end();

    assertThat(objects.read(KEY)).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Test
  void learnsNothingFromATruncatedOrDamagedGzipBody() {
    byte[] body = gzip(list("", 10).getBytes(StandardCharsets.UTF_8));
    byte[] cut = java.util.Arrays.copyOf(body, body.length - 20);
    byte[] damaged = body.clone();
    damaged[0] = 0;

    show(WIDGETS, JSON, "gzip", cut, 10);
    show(WIDGETS, JSON, "gzip", damaged, 10);

    assertThat(objects.read(KEY)).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Tag("S48")
  @Test
  void givesUpOnABodyThatExpandsTooFar() {
    byte[] bomb =
        gzip(("{\"items\":[" + " ".repeat(20 << 20) + "]}").getBytes(StandardCharsets.UTF_8));
    ListMeter meter =
        Objects.requireNonNull(learning.meter(Requests.get(WIDGETS), 200, JSON, "gzip"));

    for (int at = 0; at < bomb.length && !meter.isDone(); at += 4096) {
      meter.accept(bomb, at, Math.min(4096, bomb.length - at));
      while (meter.isBehind()) {
        meter.goOn();
      }
    }

    assertThat(meter.isDone()).isTrue();
    meter.end();
    assertThat(objects.read(KEY)).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Tag("S48")
  @Test
  void learnsFromABodyThatItIsBehindWithWhenItHasCaughtUp() {
    byte[] body =
        gzip(list("\"x\":\"" + "a".repeat(1 << 20) + '"', 10).getBytes(StandardCharsets.UTF_8));
    ListMeter meter =
        Objects.requireNonNull(learning.meter(Requests.get(WIDGETS), 200, JSON, "gzip"));
    ListMeter cut =
        Objects.requireNonNull(learning.meter(Requests.get("/api/v1/pods"), 200, JSON, "gzip"));

    meter.accept(body, 0, body.length);
    meter.end();
    cut.accept(body, 0, body.length);
    cut.close();

    assertThat(meter.isBehind()).isTrue();
    assertThat(cut.isBehind()).isFalse();
    assertThat(objects.read(KEY)).isEqualTo(ObjectReading.NOT_TRACKED);
    while (meter.isBehind()) {
      meter.goOn();
      cut.goOn();
    }
    assertThat(objects.read(KEY).count()).isEqualTo(10);
    assertThat(objects.read("pods")).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Test
  void metersOneResponseOfAResourceAtATime() {
    assertThat(learning.meter(Requests.get(WIDGETS), 200, JSON, "")).isNotNull();

    assertThat(learning.meter(Requests.get(WIDGETS), 200, JSON, "")).isNull();
    assertThat(learning.meter(Requests.get("/api/v1/pods"), 200, JSON, "")).isNotNull();
    time.advance(ListLearning.INTERVAL);
    assertThat(learning.meter(Requests.get(WIDGETS), 200, JSON, "")).isNotNull();
  }

  @Test
  void metersNothingButSuccessfulListsItCanRead() {
    assertThat(learning.meter(Requests.get(WIDGETS), 403, JSON, "")).isNull();
    assertThat(learning.meter(Requests.get(WIDGETS + "/w"), 200, JSON, "")).isNull();
    assertThat(learning.meter(Requests.get(WIDGETS + "?watch=1"), 200, JSON, "")).isNull();
    assertThat(learning.meter(Requests.get("/version"), 200, JSON, "")).isNull();
    assertThat(learning.meter(Requests.get(WIDGETS), 200, "application/cbor", "")).isNull();
    assertThat(learning.meter(Requests.get(WIDGETS), 200, JSON, "br")).isNull();
    assertThat(learning.meter(Requests.get(WIDGETS), 200, JSON + "; charset=utf-8", ""))
        .isNotNull();
  }
}
