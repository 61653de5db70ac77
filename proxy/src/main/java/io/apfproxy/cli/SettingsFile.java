package io.apfproxy.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The file given by {@code --config}: a flat YAML mapping of flag names without dashes to scalars,
 * or to lists of scalars.
 *
 * @param name of the file, for messages
 */
record SettingsFile(String name, Map<Flag, String> values) {
  private static final SettingsFile NONE = new SettingsFile("", Map.of());
  private static final long MOST_BYTES = 1 << 20;

  /**
   * Reads the file.
   *
   * @param path null if none was given
   * @throws UsageException if it cannot be read, is no such mapping, or has a key that is no flag
   */
  static SettingsFile read(@Nullable String path, String origin) throws UsageException {
    if (path == null) {
      return NONE;
    }
    JsonNode root = parse(path, origin);
    Map<Flag, String> values = new EnumMap<>(Flag.class);
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String key = entry.getKey();
      Flag flag =
          Flag.byKey(key)
              .filter(known -> known != Flag.CONFIG)
              .orElseThrow(() -> unknown(path, key));
      values.put(flag, text(path, flag, entry.getValue()));
    }
    return new SettingsFile(path, values);
  }

  private static JsonNode parse(String path, String origin) throws UsageException {
    byte[] bytes;
    try {
      if (Files.size(Path.of(path)) > MOST_BYTES) {
        throw new UsageException(origin + ": " + path + " is over 1 MiB, expected a short file", 1);
      }
      bytes = Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      throw new UsageException(
          origin + ": cannot read " + path + " (" + Reasons.of(e) + "), expected a YAML file", 1);
    }
    JsonNode root;
    try {
      YAMLMapper mapper =
          YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
      root = mapper.readTree(bytes);
    } catch (JsonProcessingException e) {
      long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      String found = e.getOriginalMessage().lines().findFirst().orElse("no YAML");
      throw new UsageException(
          path + ", line " + line + ": " + found + ", expected a YAML mapping of flags");
    } catch (IOException e) {
      throw new UsageException(path + ": " + Reasons.of(e), 1);
    }
    if (root == null || root.isMissingNode() || root instanceof NullNode) {
      return new YAMLMapper().createObjectNode();
    }
    if (!root.isObject()) {
      throw new UsageException(
          path + ": found no mapping, expected keys such as secure-port: 6443");
    }
    return root;
  }

  private static UsageException unknown(String path, String key) {
    String nearest =
        NearestName.of(
            key,
            Arrays.stream(Flag.values()).filter(f -> f != Flag.CONFIG).map(Flag::key).toList());
    return new UsageException(
        path + ": unknown key \"" + key + "\", the nearest known is \"" + nearest + "\"");
  }

  private static String text(String path, Flag flag, JsonNode value) throws UsageException {
    if (value.isValueNode() && !value.isNull()) {
      return value.asText();
    }
    if (value.isArray() && flag.kind().isList()) {
      StringJoiner joined = new StringJoiner(",");
      value.forEach(element -> joined.add(element.asText()));
      return joined.toString();
    }
    throw new UsageException(
        path
            + ": "
            + flag.key()
            + ": found "
            + value.getNodeType().name().toLowerCase(java.util.Locale.ROOT)
            + ", expected "
            + flag.kind().expected());
  }
}
