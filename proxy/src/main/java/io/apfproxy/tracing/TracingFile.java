package io.apfproxy.tracing;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.cli.Reasons;
import io.apfproxy.source.YamlDocument;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file with a {@code TracingConfiguration}. What it does not know, it refuses, as the server. */
final class TracingFile {
  /** Where a collector is that nobody has put elsewhere. */
  static final URI USUAL = URI.create("http://localhost:4318/v1/traces");

  private static final List<String> FIELDS =
      List.of("apiVersion", "kind", "endpoint", "samplingRatePerMillion");
  private static final List<String> VERSIONS =
      List.of("apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1");
  private static final String KIND = "TracingConfiguration";
  private static final String URL =
      "a URL of OTLP over HTTP such as http://localhost:4318"; // 4317 is that of gRPC
  private static final String TRACES = "v1/traces";
  private static final long MOST_BYTES = 1 << 20;

  private final Path file;

  TracingFile(Path file) {
    this.file = file;
  }

  TracingConfiguration read() throws TracingFileException {
    YamlDocument document = document();
    JsonNode tree = document.tree();
    if (!tree.isObject()) {
      throw unusable(1, "", "found no mapping", "a " + KIND);
    }
    for (String field : (Iterable<String>) tree::fieldNames) {
      if (!FIELDS.contains(field)) {
        throw unusable(
            document.line(field),
            field,
            "found an unknown field",
            "one of " + String.join(", ", FIELDS));
      }
    }
    if (!VERSIONS.contains(tree.path("apiVersion").asText())) {
      throw wrong(document, "apiVersion", String.join(" or ", VERSIONS));
    }
    if (!tree.path("kind").asText().equals(KIND)) {
      throw wrong(document, "kind", KIND);
    }
    return new TracingConfiguration(endpoint(document), rate(document));
  }

  private YamlDocument document() throws TracingFileException {
    String text;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw unusable(0, "", "found more than 1 MiB", "a short file");
      }
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TracingFileException(
          file + ": cannot be read (" + Reasons.of(e) + "), expected a " + KIND, e);
    }
    try {
      List<YamlDocument> documents = YamlDocument.parse(text);
      if (documents.size() != 1) {
        throw unusable(0, "", "found " + documents.size() + " documents", "one " + KIND);
      }
      return documents.get(0);
    } catch (YamlDocument.Malformed e) {
      throw unusable(e.line(), "", String.valueOf(e.getMessage()), "a " + KIND);
    }
  }

  private static @Nullable JsonNode value(YamlDocument document, String field) {
    JsonNode value = document.tree().get(field);
    return value == null || value.isNull() ? null : value;
  }

  private int rate(YamlDocument document) throws TracingFileException {
    String field = "samplingRatePerMillion";
    JsonNode value = value(document, field);
    if (value == null) {
      return 0;
    }
    if (!value.isNumber()
        || !value.canConvertToExactIntegral()
        || !value.canConvertToInt()
        || value.intValue() < 0
        || value.intValue() > TracingConfiguration.MOST_PER_MILLION) {
      throw wrong(
          document, field, "a whole number from 0 to " + TracingConfiguration.MOST_PER_MILLION);
    }
    return value.intValue();
  }

  private URI endpoint(YamlDocument document) throws TracingFileException {
    JsonNode value = value(document, "endpoint");
    if (value == null) {
      return USUAL;
    }
    try {
      URI url = new URI(value.isTextual() ? value.textValue() : "");
      if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return ofTraces(url);
      }
    } catch (URISyntaxException e) {
      // as any other text that is no URL
    }
    throw wrong(document, "endpoint", URL);
  }

  /** A collector's address alone means the path that the protocol gives to traces. */
  private static URI ofTraces(URI url) {
    String path = url.getRawPath();
    if (path == null || path.isEmpty()) {
      return URI.create(url + "/" + TRACES);
    }
    return path.equals("/") ? URI.create(url + TRACES) : url;
  }

  private TracingFileException wrong(YamlDocument document, String field, String expected) {
    JsonNode value = value(document, field);
    String found =
        value == null ? "nothing" : value.isTextual() ? "\"" + value.asText() + "\"" : value + "";
    return unusable(document.line(field), field, "found " + found, expected);
  }

  /**
   * @param line 0 if it is about the whole file
   */
  private TracingFileException unusable(int line, String field, String found, String expected) {
    return new TracingFileException(
        file
            + (line == 0 ? "" : ":" + line)
            + ": "
            + (field.isEmpty() ? "" : field + ": ")
            + found
            + ", expected "
            + expected,
        null);
  }
}
