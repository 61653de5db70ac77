package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of JSON, written by hand. */
class JsonLineTest {
  private final LineBuffer line = new LineBuffer();
  private final JsonLine json = new JsonLine(line);

  /** As a library writes it; halves of surrogate pairs are no error, but question marks. */
  private static String expected(String value) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("name", value);
      json.writeEndObject();
    }
    return new String((text + "\n").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private String written(String value) {
    line.clear();
    json.begin().text("name", value).end();
    return Lines.text(line);
  }

  @Test
  void hasEveryCharacterAsALibraryHasIt() throws Exception {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      String value = "a" + (char) c + "b";
      assertThat(written(value)).isEqualTo(expected(value));
    }
  }

  @Test
  void hasTextsOfAnyCharactersAsALibraryHasThem() throws Exception {
    SplittableRandom random = new SplittableRandom(29);
    int[] bounds = {0x20, 0x80, 0x800, 0xD800, 0xE000, 0x10000};
    for (int i = 0; i < 20_000; i++) {
      StringBuilder value = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        int kind = random.nextInt(bounds.length);
        value.append((char) random.nextInt(kind == 0 ? 0 : bounds[kind - 1], bounds[kind]));
      }
      assertThat(written(value.toString())).isEqualTo(expected(value.toString()));
    }
  }

  @Test
  void hasFieldsObjectsAndArrays() {
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
        .duration("before", -1)
        .end();
    assertThat(Lines.text(line))
        .isEqualTo(
            "{\"empty\":{},\"list\":[\"a\",\"{\"],\"none\":[],"
                + "\"in\":{\"n\":-5,\"t\":\"10\",\"p\":\"10/7\"},"
                + "\"yes\":true,\"half\":0.5,\"d\":\"1.5µs\"}\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, 1_234_567_890_123L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void hasNumbers(long value) {
    line.number(value);
    assertThat(Lines.text(line)).isEqualTo(Long.toString(value));
  }

  @Test
  void hasRoomForALongLineAndForAShortOneAfterIt() {
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
