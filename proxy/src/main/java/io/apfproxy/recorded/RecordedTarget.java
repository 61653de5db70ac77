package io.apfproxy.recorded;

import static io.apfproxy.report.ShownParameters.CONTINUE;

import io.apfproxy.report.ShownParameters;
import io.apfproxy.request.FieldSelector;
import io.apfproxy.request.GoDuration;
import io.apfproxy.request.Query;
import io.apfproxy.request.RequestInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request's target as it stands in a recording: what classification and width go by is there,
 * what may be secret is not. Source: specification seeing.md V-91 for the parameters, V-57.
 */
final class RecordedTarget {
  /*
   * Written anew from what was read, not cut out of the text: a name of a parameter may be escaped,
   * and of several values the first counts. In the place of a value that is not told stands x, which
   * a target may hold as it is. Parameters that are not listed, such as exec's command, are left out.
   */
  private static final String HIDDEN = "x";

  /** In this order they are written. */
  private static final SortedSet<String> TOLD = new TreeSet<>(ShownParameters.NAMES);

  static {
    TOLD.add(CONTINUE);
  }

  private final StringBuilder text;
  private char separator = '?';

  private RecordedTarget(String path) {
    text = new StringBuilder(path);
  }

  /** With its path as it is. */
  static String plain(String target) {
    int question = target.indexOf('?');
    if (question < 0) {
      return target;
    }
    Query query = Query.of(target.substring(question + 1));
    RecordedTarget recorded = new RecordedTarget(target.substring(0, question));
    for (String name : TOLD) {
      String value = query.first(name);
      recorded.add(name, name.equals(CONTINUE) ? presence(value, HIDDEN) : value);
    }
    return recorded.text.toString();
  }

  /** With hashed namespaces, and nothing that somebody has named. */
  static String hashed(RequestInfo info, String target, Naming naming) {
    int question = target.indexOf('?');
    Query query = Query.of(question < 0 ? "" : target.substring(question + 1));
    RecordedTarget recorded = new RecordedTarget(path(info, naming));
    recorded.add("timeout", duration(query.first("timeout")));
    if (isOfCollection(info)) {
      recorded.addListOptions(info, query);
    }
    return recorded.text.toString();
  }

  private static boolean isOfCollection(RequestInfo info) {
    return info.resourceRequest()
        && switch (info.verb()) {
          case "list", "watch", "deletecollection" -> true;
          default -> false;
        };
  }

  private static String path(RequestInfo info, Naming naming) {
    if (!info.resourceRequest()) {
      return escaped(info.path()).replace("%2F", "/");
    }
    StringBuilder path = new StringBuilder("/").append(escaped(info.apiPrefix()));
    if (!info.apiPrefix().equals("api")) {
      add(path, info.apiGroup());
    }
    add(path, info.apiVersion());
    if (info.verb().equals("proxy")) {
      add(path, info.verb());
    }
    boolean ofNamespace = info.resource().equals("namespaces");
    if (!info.namespace().isEmpty() && !ofNamespace) {
      add(path, "namespaces");
      add(path, naming.other(info.namespace()));
    }
    add(path, info.resource());
    if (!info.name().isEmpty() && !isOfCollection(info)) {
      add(path, ofNamespace ? naming.other(info.name()) : naming.object(info.name()));
    }
    if (!info.subresource().isEmpty()) {
      add(path, info.subresource());
    }
    return path.toString();
  }

  private static void add(StringBuilder path, String segment) {
    path.append('/').append(escaped(segment));
  }

  private void addListOptions(RequestInfo info, Query query) {
    if (info.verb().equals("watch")) {
      add("watch", "true");
    }
    add("limit", number(query.first("limit")));
    add("timeoutSeconds", number(query.first("timeoutSeconds")));
    add(CONTINUE, presence(query.first(CONTINUE), HIDDEN));
    add("resourceVersion", version(query.first("resourceVersion")));
    add("resourceVersionMatch", match(query.first("resourceVersionMatch")));
    add("sendInitialEvents", flag(query.first("sendInitialEvents")));
    add("labelSelector", presence(query.first("labelSelector"), HIDDEN));
    add("fieldSelector", fields(info, query.first("fieldSelector")));
  }

  private void add(String name, @Nullable String value) {
    if (value != null) {
      text.append(separator).append(name).append('=').append(escaped(value));
      separator = '&';
    }
  }

  private static @Nullable String presence(@Nullable String value, String present) {
    return value == null || value.isEmpty() ? value : present;
  }

  private static @Nullable String number(@Nullable String value) {
    return value == null || value.matches("[+-]?[0-9]{1,19}") ? value : HIDDEN;
  }

  private static @Nullable String duration(@Nullable String value) {
    return value == null || value.isEmpty() || GoDuration.parse(value).isPresent() ? value : HIDDEN;
  }

  /** Only whether it is any version counts. */
  private static @Nullable String version(@Nullable String value) {
    return value == null || value.isEmpty() || value.equals("0") ? value : "1";
  }

  private static @Nullable String match(@Nullable String value) {
    return value == null || value.isEmpty() || value.equals("NotOlderThan") ? value : "Exact";
  }

  private static @Nullable String flag(@Nullable String value) {
    return value == null
        ? null
        : String.valueOf(!value.equals("0") && !value.equalsIgnoreCase("false"));
  }

  private static @Nullable String fields(RequestInfo info, @Nullable String value) {
    if (!info.name().isEmpty()) {
      return "metadata.name=" + HIDDEN;
    }
    if (value == null || value.isEmpty()) {
      return value;
    }
    String node = FieldSelector.parse(value, "spec.nodeName").requiredValue();
    return (node == null || node.isEmpty() ? HIDDEN : "spec.nodeName") + "=" + HIDDEN;
  }

  private static String escaped(String text) {
    if (isPlain(text)) {
      return text; // most are, and the encoder copies all of it to find out
    }
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z')
          && !(c >= 'A' && c <= 'Z')
          && !(c >= '0' && c <= '9')
          && c != '-') {
        return false;
      }
    }
    return true;
  }
}
