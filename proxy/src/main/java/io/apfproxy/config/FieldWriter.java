package io.apfproxy.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A mapping in the making, without what is unset: the way back of {@link FieldReader}. */
final class FieldWriter {
  private final Map<String, Object> map = new LinkedHashMap<>();

  FieldWriter set(String field, @Nullable Object value) {
    return set(field, value, same -> same);
  }

  <T> FieldWriter set(String field, @Nullable T value, Function<T, ?> encode) {
    if (value != null && !(value instanceof Collection<?> list && list.isEmpty())) {
      map.put(field, encode.apply(value));
    }
    return this;
  }

  static <T> List<Map<String, Object>> all(
      List<T> elements, Function<T, Map<String, Object>> encode) {
    return elements.stream().map(encode).toList();
  }

  Map<String, Object> map() {
    return map;
  }
}
