package io.apfproxy.replay.suggest;

import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;

/**
 * Who wants what of which level: what a schema can be made for.
 *
 * @param verbs fixed name of a group of verbs that go together
 * @param resource with its subresource
 */
public record Appetite(
    String level, String schema, String user, String verbs, String group, String resource) {
  static Appetite of(String level, String schema, RequestInfo info, UserInfo user) {
    String resource =
        info.subresource().isEmpty() ? info.resource() : info.resource() + '/' + info.subresource();
    return new Appetite(level, schema, user.name(), verbs(info.verb()), info.apiGroup(), resource);
  }

  private static String verbs(String verb) {
    return switch (verb) {
      case "get", "list", "watch" -> verb;
      default -> "write";
    };
  }
}
