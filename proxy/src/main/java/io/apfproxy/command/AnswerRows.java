package io.apfproxy.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads answers of the admin listener that have rows: version 1, unknown fields do not matter. */
final class AnswerRows {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private AnswerRows() {}

  /**
   * Both readers may throw an {@link IllegalArgumentException} or a {@link DateTimeException}.
   *
   * @param row reads one of the rows
   * @param whole makes the answer of all and its rows
   * @throws IllegalArgumentException if it is no such answer
   */
  static <R, A> A read(
      String text, Function<JsonNode, R> row, BiFunction<JsonNode, List<R>, A> whole) {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (json.path("version").asInt() != 1 || !json.path("rows").isArray()) {
        throw new IllegalArgumentException("no answer of version 1");
      }
      List<R> rows = new ArrayList<>();
      json.path("rows").forEach(each -> rows.add(row.apply(each)));
      return whole.apply(json, List.copyOf(rows));
    } catch (IOException | DateTimeException e) {
      throw new IllegalArgumentException("no answer: " + e.getMessage(), e);
    }
  }
}
