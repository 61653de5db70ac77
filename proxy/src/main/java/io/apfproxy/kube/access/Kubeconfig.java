package io.apfproxy.kube.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A kubeconfig as a tree, so that fields nobody here knows survive. */
final class Kubeconfig {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());

  private final Map<String, Object> root;
  private final String name;

  private Kubeconfig(Map<String, Object> root, String name) {
    this.root = root;
    this.name = name;
  }

  /** A context with what it names. */
  record Selected(String context, Map<String, Object> cluster, Map<String, Object> user) {}

  /**
   * @param name what messages call it
   */
  static Kubeconfig parse(String text, String name) throws UpstreamAccessException {
    Object root;
    try {
      root = YAML.readValue(text, Object.class);
    } catch (JsonProcessingException e) {
      throw new UpstreamAccessException(
          name
              + " is not YAML"
              + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")"),
          e);
    }
    if (!(root instanceof Map)) {
      throw new UpstreamAccessException(name + " must be a kubeconfig (kind: Config)");
    }
    return new Kubeconfig(map(root), name);
  }

  /**
   * @param wanted null for the current context
   */
  Selected select(@Nullable String wanted) throws UpstreamAccessException {
    String context = wanted != null ? wanted : text(root.get("current-context"));
    if (context.isEmpty()) {
      throw new UpstreamAccessException(name + " has no current-context");
    }
    Map<String, Object> chosen = entry("contexts", "context", context);
    Map<String, Object> cluster = entry("clusters", "cluster", text(chosen.get("cluster")));
    if (text(cluster.get("server")).isEmpty()) {
      throw new UpstreamAccessException(
          name + ": cluster \"" + text(chosen.get("cluster")) + "\" has no server");
    }
    String user = text(chosen.get("user"));
    return new Selected(context, cluster, user.isEmpty() ? Map.of() : entry("users", "user", user));
  }

  /** The values of all entries of a list such as {@code clusters}, to be edited in place. */
  List<Map<String, Object>> values(String list, String field) {
    return entries(list).stream()
        .filter(entry -> entry.get(field) instanceof Map)
        .map(entry -> map(entry.get(field)))
        .toList();
  }

  String write() {
    try {
      return YAML.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that was read cannot be written", e);
    }
  }

  private Map<String, Object> entry(String list, String field, String wanted)
      throws UpstreamAccessException {
    for (Map<String, Object> entry : entries(list)) {
      if (wanted.equals(text(entry.get("name")))) {
        Object value = entry.get(field);
        return value instanceof Map ? map(value) : Map.of();
      }
    }
    String known =
        entries(list).stream()
            .map(entry -> text(entry.get("name")))
            .collect(Collectors.joining(", "));
    throw new UpstreamAccessException(
        name + " has no " + field + " \"" + wanted + "\" (it has: " + known + ")");
  }

  private List<Map<String, Object>> entries(String list) {
    return root.get(list) instanceof List<?> entries
        ? entries.stream().filter(Map.class::isInstance).map(Kubeconfig::map).toList()
        : List.of();
  }

  @SuppressWarnings("unchecked") // YAML mappings of a kubeconfig have strings as keys
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
