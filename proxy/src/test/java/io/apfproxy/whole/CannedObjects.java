package io.apfproxy.whole;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The objects that loads ask for, as a server encodes them, and as it is given them. */
final class CannedObjects {
  private static final int SMALL_BYTES = 2_048;
  private static final int LIST_BYTES = 1_850_000;
  private static final int ITEMS = 200;
  private static final String TYPE = "\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",";
  private static final String STORED =
      ",\"uid\":\"5f1c0f5e-3c52-4c1e-9a4e-0d0f3b8c2a11\",\"resourceVersion\":\"7\"";

  private CannedObjects() {}

  /** One object of 2 KiB, and a list of 1.85 MB. */
  static Map<String, Buffer> byTarget(String small, String list) {
    return Map.of(
        small,
        Buffer.buffer(configMap(TYPE, "small", STORED, SMALL_BYTES)),
        list,
        Buffer.buffer(list()));
  }

  /** The line of a watch that says that nothing has happened. */
  static Buffer bookmark() {
    return Buffer.buffer(
        "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\","
            + "\"metadata\":{\"resourceVersion\":\"7\"}}}\n");
  }

  /** The same for kubectl to create; the server adds some 300 bytes to each. */
  static String manifest() {
    return Stream.concat(
            Stream.of(configMap(TYPE, "small", "", SMALL_BYTES)),
            IntStream.range(0, ITEMS)
                .mapToObj(i -> configMap(TYPE, "item-" + i, "", LIST_BYTES / ITEMS)))
        .collect(
            Collectors.joining(",", "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[", "]}"));
  }

  private static String list() {
    String head =
        "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},"
            + "\"items\":[";
    String tail = "]}";
    int each = (LIST_BYTES - head.length() - tail.length()) / ITEMS - 1;
    return IntStream.range(0, ITEMS)
        .mapToObj(i -> configMap("", "item-" + i, STORED, each))
        .collect(Collectors.joining(",", head, tail));
  }

  /** Filled up to so many bytes. */
  private static String configMap(String type, String name, String stored, int bytes) {
    String head =
        "{"
            + type
            + "\"metadata\":{\"name\":\""
            + name
            + "\",\"namespace\":\"default\""
            + stored
            + "},\"data\":{\"text\":\"";
    String tail = "\"}}";
    return head + "x".repeat(bytes - head.length() - tail.length()) + tail;
  }
}
