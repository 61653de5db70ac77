package io.apfproxy.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Derives {@link RequestInfo} as kube-apiserver does. Thread-safe. Source: reference,
 * pkg/endpoints/request/requestinfo.go; specification apf-config.md 2.1.
 */
public final class RequestInfoParser {
  /** Most before the end of a subresource: apis/G/V/watch/namespaces/NS/RESOURCE/NAME/SUB. */
  private static final int MOST_SEGMENTS = 9;

  private RequestInfoParser() {}

  /**
   * @param method as on the request line; its case counts
   * @throws RefusedException 500 where the reference fails too: {@code watch} or {@code proxy} in
   *     the place of a resource with nothing behind it
   */
  public static RequestInfo parse(String method, RequestTarget target) throws RefusedException {
    String path = target.path();
    List<String> segments = segments(path);
    int size = segments.size();
    String prefix = size < 3 ? "" : segments.get(0);
    boolean groupless = prefix.equals("api");
    if (!groupless && !prefix.equals("apis")) {
      return nonResource(method, path, "");
    }
    int at = 1;
    String group = "";
    if (!groupless) {
      if (size < 4) {
        return nonResource(method, path, prefix);
      }
      group = segments.get(at++);
    }
    String version = segments.get(at++);
    String verb = segments.get(at);
    boolean verbInPath = verb.equals("proxy") || verb.equals("watch");
    if (verbInPath) {
      at++;
      if (at == size) {
        throw new RefusedException(
            500, "InternalError", "request-info", "path names no resource after " + verb);
      }
    } else {
      verb = verbOf(method);
    }
    String namespace = "";
    if (segments.get(at).equals("namespaces") && at + 1 < size) {
      namespace = segments.get(at + 1);
      if (at + 2 < size && !isNamespaceSubresource(segments.get(at + 2))) {
        at += 2;
      }
    }
    List<String> parts = segments.subList(at, size);
    String name = parts.size() > 1 ? parts.get(1) : "";
    String subresource = parts.size() > 2 && !verb.equals("proxy") ? parts.get(2) : "";
    String fieldSelector = "";
    String labelSelector = "";
    if (name.isEmpty() || verb.equals("watch")) {
      Query query = Query.of(target.query());
      String fields = query.first("fieldSelector");
      String labels = query.first("labelSelector");
      if (name.isEmpty() && verb.equals("get")) {
        ListOptions options = ListOptions.of(query, fields, labels);
        verb = options.watch() ? "watch" : "list";
        name = options.name() == null ? "" : options.name();
      } else if (name.isEmpty() && verb.equals("delete")) {
        verb = "deletecollection";
      }
      if (!verbInPath && isOfCollection(verb)) {
        fieldSelector = fields == null ? "" : fields;
        labelSelector = labels == null ? "" : labels;
      }
    }
    return new RequestInfo(
        true,
        path,
        verb,
        groupless ? "api" : "apis", // and not a copy for each watch that lasts
        group,
        version.equals("v1") ? "v1" : version,
        namespace,
        parts.get(0),
        subresource,
        name,
        fieldSelector,
        labelSelector);
  }

  private static RequestInfo nonResource(String method, String path, String prefix) {
    return new RequestInfo(
        false, path, method.toLowerCase(Locale.ROOT), prefix, "", "", "", "", "", "", "", "");
  }

  /**
   * Slashes at both ends are dropped; empty segments between others stay. What follows a
   * subresource decides nothing, and a client may have it be tens of thousands.
   */
  private static List<String> segments(String path) {
    int from = 0;
    int end = path.length();
    while (from < end && path.charAt(from) == '/') {
      from++;
    }
    while (end > from && path.charAt(end - 1) == '/') {
      end--;
    }
    if (from == end) {
      return List.of();
    }
    List<String> segments = new ArrayList<>(8);
    for (int slash = path.indexOf('/', from);
        slash >= 0 && slash < end && segments.size() < MOST_SEGMENTS;
        slash = path.indexOf('/', from)) {
      segments.add(path.substring(from, slash));
      from = slash + 1;
    }
    if (segments.size() < MOST_SEGMENTS) {
      segments.add(path.substring(from, end));
    }
    return segments;
  }

  private static String verbOf(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "GET", "HEAD" -> "get";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "";
    };
  }

  private static boolean isNamespaceSubresource(String segment) {
    return segment.equals("status") || segment.equals("finalize");
  }

  private static boolean isOfCollection(String verb) {
    return verb.equals("list") || verb.equals("watch") || verb.equals("deletecollection");
  }
}
