package io.apfproxy.whole;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with places to fill, each {@code @{NAME}@}. */
final class Template {
  private static final Pattern PLACE = Pattern.compile("@\\{(\\w+)}@");

  private final String text;

  Template(String text) {
    this.text = text;
  }

  /** A resource of this package. */
  static Template named(String name) throws IOException {
    try (InputStream in = Template.class.getResourceAsStream("/whole/" + name)) {
      return new Template(
          new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /**
   * The text with all places filled.
   *
   * @param values some may have no place
   * @throws IllegalArgumentException if a place has no value
   */
  String with(Map<String, String> values) {
    return PLACE
        .matcher(text)
        .replaceAll(
            place -> {
              String value = values.get(place.group(1));
              if (value == null) {
                throw new IllegalArgumentException("no value for " + place.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }
}
