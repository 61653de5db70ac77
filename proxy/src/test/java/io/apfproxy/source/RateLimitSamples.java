package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Rate limits of all sorts, good and bad, with what is to be said of them. */
public final class RateLimitSamples {
  private RateLimitSamples() {}

  /**
   * @param is what it is, in words
   * @param field which one is wrong; empty if it is valid
   * @param message what is said of it by whoever refuses it; empty if each has words of his own
   * @param byProxyAlone whether an API server takes it
   */
  public record Sample(
      String is, ObjectNode object, String field, String message, boolean byProxyAlone) {
    public boolean valid() {
      return field.isEmpty();
    }

    @Override
    public String toString() {
      return is;
    }
  }

  public static List<Sample> load() {
    try (InputStream in =
        RateLimitSamples.class.getResourceAsStream("/source/ratelimit-samples.yaml")) {
      JsonNode file = new YAMLMapper().readTree(in);
      List<Sample> samples = new ArrayList<>();
      for (JsonNode sample : file.get("samples")) {
        samples.add(
            new Sample(
                sample.get("is").asText(),
                object("sample-" + samples.size(), merge(file.get("base"), sample.path("spec"))),
                sample.path("field").asText(),
                sample.path("message").asText(),
                sample.path("alone").asText().equals("proxy")));
      }
      return samples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode object(String name, JsonNode spec) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "flowcontrol.apf-proxy.io/v1").put("kind", "RateLimit");
    object.putObject("metadata").put("name", name);
    object.set("spec", spec);
    return object;
  }

  /** As RFC 7396 has it. */
  private static JsonNode merge(JsonNode base, JsonNode patch) {
    if (!patch.isObject()) {
      return patch.isMissingNode() ? base : patch;
    }
    ObjectNode merged = base.isObject() ? base.deepCopy() : JsonNodeFactory.instance.objectNode();
    patch
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isNull()) {
                merged.remove(entry.getKey());
              } else {
                merged.set(entry.getKey(), merge(merged.path(entry.getKey()), entry.getValue()));
              }
            });
    return merged;
  }
}
