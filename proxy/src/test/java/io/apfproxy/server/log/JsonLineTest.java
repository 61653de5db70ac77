package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of JSON, all by one generator. */
class JsonLineTest {
  private final JsonLine json = new JsonLine();

  private String written(String value) throws IOException {
    return text(json.begin().text("name", value));
  }

  private static String text(JsonLine written) throws IOException {
    return written.end().toString(StandardCharsets.UTF_8);
  }

  @Test
  void hasHalfOfASurrogatePairAsAQuestionMark() throws IOException {
    assertThat(written("é€\uD83D\uDE00")).isEqualTo("{\"name\":\"é€\uD83D\uDE00\"}\n");
    assertThat(written("\uD83D")).isEqualTo("{\"name\":\"?\"}\n");
    assertThat(written("\uDE00a")).isEqualTo("{\"name\":\"?a\"}\n");
  }

  @Test
  void hasControlCharactersEscaped() throws IOException {
    assertThat(written("\u0000\n\u001F\"\\"))
        .isEqualTo("{\"name\":\"\\u0000\\n\\u001F\\\"\\\\\"}\n");
  }

  @Test
  void beginsAnewWhereOneWasNotEnded() throws IOException {
    json.begin().object("a").array("b").element("c");
    assertThat(written("d")).isEqualTo("{\"name\":\"d\"}\n");
  }

  @Test
  void hasFieldsObjectsAndArrays() throws IOException {
    String line =
        text(
            json.begin()
                .object("empty")
                .endObject()
                .array("list")
                .element("a")
                .element("{")
                .endArray()
                .array("none")
                .endArray()
                .object("in")
                .number("n", -5)
                .textOf("t", 10)
                .textOf("p", 10, 7)
                .endObject()
                .flag("yes", true)
                .flag("no", false)
                .optional("not there", "")
                .number("half", 0.5)
                .duration("d", 1_500)
                .duration("before", -1));
    assertThat(line)
        .isEqualTo(
            "{\"empty\":{},\"list\":[\"a\",\"{\"],\"none\":[],"
                + "\"in\":{\"n\":-5,\"t\":\"10\",\"p\":\"10/7\"},"
                + "\"yes\":true,\"half\":0.5,\"d\":\"1.5µs\"}\n");
  }

  @Test
  void hasRoomForALongLineAndForAShortOneAfterIt() throws IOException {
    String longOne = "é".repeat(100_000);
    assertThat(written(longOne)).hasSize(longOne.length() + "{'name':''}\n".length());
    assertThat(written("short")).isEqualTo("{\"name\":\"short\"}\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2026-11-28T10:00:00.000000Z",
    "999, 2026-11-28T10:00:00.000000Z",
    "1000, 2026-11-28T10:00:00.000001Z",
    "123456789012, 2026-11-28T10:02:03.456789Z",
    "-1, 2026-11-28T09:59:59.999999Z",
  })
  void hasInstantsToTheMicrosecond(long nanos, String text) {
    MicroTime time = new MicroTime(Instant.parse("2026-11-28T10:00:00Z").toEpochMilli() * 1_000);
    assertThat(time.text(nanos)).hasToString(text);
    time.text(Duration.ofDays(1).toNanos());
    assertThat(time.text(nanos)).as("from another second").hasToString(text);
    assertThat(time.text(nanos)).as("in the same one").hasToString(text);
  }
}
