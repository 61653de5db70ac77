package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.apfproxy.fixtures.raw.WireResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** A response body without what differs between two equal requests to one server. */
final class ComparableBody {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Fields that hold a moment, a revision of the whole store, or something drawn at random. */
  private static final Set<String> VOLATILE =
      Set.of(
          "resourceVersion",
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "renewTime",
          "time",
          "token",
          "expirationTimestamp",
          "continue");

  /** Revisions, moments and random names in what is no JSON. */
  private static final Pattern NUMBERS = Pattern.compile("[0-9]{2,}");

  /** As tables tell the age of an object. */
  private static final Pattern AGE = Pattern.compile("([0-9]+[smhdy]){1,2}");

  /** A moment in protobuf: seconds of five bytes, no nanoseconds. */
  private static final Pattern MOMENT =
      Pattern.compile("\\x08[\\x80-\\xff]{4}[\\x01-\\x7f]\\x10\\x00");

  private static final Pattern CONTINUE = Pattern.compile("eyJ2Ijoi[A-Za-z0-9_=+/-]+");
  private static final Pattern UID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private ComparableBody() {}

  static String of(WireResponse response) {
    byte[] body = response.body().getBytes(StandardCharsets.ISO_8859_1);
    if (response.header("content-encoding").filter("gzip"::equals).isPresent() && body.length > 0) {
      body = unzip(body);
    }
    String type = response.header("content-type").orElse("");
    if (type.startsWith("application/json")) {
      return new String(body, StandardCharsets.UTF_8)
          .lines()
          .map(ComparableBody::json)
          .filter(line -> !line.contains("\"BOOKMARK\""))
          .sorted()
          .collect(Collectors.joining("\n"));
    }
    return masked(new String(body, StandardCharsets.ISO_8859_1));
  }

  /** A line of its own: responses are one line, watches one an event; order is not promised. */
  private static String json(String line) {
    try {
      JsonNode read = JSON.readTree(line);
      return read.isContainerNode() ? blank(read).toString() : line;
    } catch (IOException e) {
      return masked(line); // a line of a document that was asked for pretty
    }
  }

  private static JsonNode blank(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.has("generateName")) {
        object.put("name", "~");
      }
      removeOriginal(object);
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        boolean isVolatile = VOLATILE.contains(field.getKey()) && field.getValue().isTextual();
        field.setValue(isVolatile ? TextNode.valueOf("~") : blank(field.getValue()));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, blank(array.get(i)));
      }
    } else if (node.isTextual()) {
      String text = node.textValue();
      return TextNode.valueOf(
          AGE.matcher(text).matches() ? "~" : UID.matcher(text).replaceAll("~"));
    }
    return node;
  }

  /** Who really asked, which the proxy tells where it impersonates; said in the README. */
  private static void removeOriginal(ObjectNode user) {
    if (user.get("extra") instanceof ObjectNode extra
        && extra.remove("original-user-info.apf-proxy.io") != null
        && extra.isEmpty()) {
      user.remove("extra");
    }
  }

  private static String masked(String text) {
    String withoutUids = MOMENT.matcher(UID.matcher(text).replaceAll("~")).replaceAll("~");
    return NUMBERS.matcher(CONTINUE.matcher(withoutUids).replaceAll("~")).replaceAll("~");
  }

  private static byte[] unzip(byte[] body) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
