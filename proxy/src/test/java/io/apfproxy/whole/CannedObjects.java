package io.apfproxy.whole;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The objects that loads ask for, as a server encodes them. */
final class CannedObjects {
  private static final int SMALL_BYTES = 2_048;
  private static final int LIST_BYTES = 1_850_000;
  private static final int ITEMS = 200;

  private CannedObjects() {}

  /** One object of 2 KiB, and a list of 1.85 MB. */
  static Map<String, Buffer> byTarget(String small, String list) {
    return Map.of(
        small, Buffer.buffer(configMap("small", SMALL_BYTES, true)), list, Buffer.buffer(list()));
  }

  /** The line of a watch that says that nothing has happened. */
  static Buffer bookmark() {
    return Buffer.buffer(
        "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\","
            + "\"metadata\":{\"resourceVersion\":\"7\"}}}\n");
  }

  private static String list() {
    String head =
        "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},"
            + "\"items\":[";
    String tail = "]}";
    int each = (LIST_BYTES - head.length() - tail.length()) / ITEMS - 1;
    return IntStream.range(0, ITEMS)
        .mapToObj(i -> configMap("item-" + i, each, false))
        .collect(Collectors.joining(",", head, tail));
  }

  /** Filled up to so many bytes. */
  private static String configMap(String name, int bytes, boolean typed) {
    String head =
        "{"
            + (typed ? "\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\"," : "")
            + "\"metadata\":{\"name\":\""
            + name
            + "\",\"namespace\":\"default\",\"uid\":\"5f1c0f5e-3c52-4c1e-9a4e-0d0f3b8c2a11\","
            + "\"resourceVersion\":\"7\"},\"data\":{\"text\":\"";
    String tail = "\"}}";
    return head + "x".repeat(bytes - head.length() - tail.length()) + tail;
  }
}
