package io.apfproxy.app.warm;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** What the canned upstream answers, made once. */
final class Answers {
  private static final String JSON = "application/json";
  private static final int OBJECT = 2 << 10;
  private static final int SMALL_LIST = 10;
  private static final int LARGE_LIST = 200;

  /** Of a watch, in order; the last one says that all initial ones were told. */
  static final List<Buffer> EVENTS =
      List.of(
          event("ADDED", object()),
          event("ADDED", object()),
          event("MODIFIED", object()),
          event(
              "BOOKMARK",
              "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\","
                  + "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}"));

  /**
   * One answer.
   *
   * @param encoding of the content; null for none
   * @param watch whether {@link #EVENTS} follow in the place of the body
   */
  record Answer(int code, String type, @Nullable String encoding, boolean watch, Buffer body) {
    static Answer json(int code, Buffer body) {
      return new Answer(code, JSON, null, false, body);
    }
  }

  private final Answer one = Answer.json(200, Buffer.buffer(object()));
  private final Answer missing =
      Answer.json(
          404,
          Buffer.buffer(
              "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                  + "\"reason\":\"NotFound\",\"code\":404}"));
  private final Answer watch = new Answer(200, JSON, null, true, Buffer.buffer());

  /** By the end of their path. */
  private final Map<String, Answer> lists =
      Map.of(
          "configmaps", Answer.json(200, list(SMALL_LIST)),
          "pods", Answer.json(200, list(SMALL_LIST)),
          "secrets", Answer.json(200, list(LARGE_LIST)),
          "deployments", new Answer(200, JSON, "gzip", false, gzip(list(SMALL_LIST))),
          "services",
              new Answer(
                  200, "application/vnd.kubernetes.protobuf", null, false, ProtobufList.of(20)));

  Answer to(@Nullable String path, @Nullable String query) {
    if (query != null && query.contains("watch=")) {
      return watch;
    }
    String last = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
    return last.equals("missing") ? missing : lists.getOrDefault(last, one);
  }

  private static String object() {
    return "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"one\","
        + "\"namespace\":\"warm\",\"resourceVersion\":\"7\"},\"data\":{\"text\":\"a \\\"b\\\" "
        + "x".repeat(OBJECT)
        + "\"}}";
  }

  private static Buffer list(int length) {
    return Buffer.buffer(
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":["
            + String.join(",", java.util.Collections.nCopies(length, object()))
            + "]}\n");
  }

  private static Buffer event(String type, String object) {
    return Buffer.buffer("{\"type\":\"" + type + "\",\"object\":" + object + "}\n");
  }

  private static Buffer gzip(Buffer plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain.getBytes());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Buffer.buffer(bytes.toByteArray());
  }
}
