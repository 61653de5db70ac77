package io.apfproxy.replay.suggest;

import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

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

  /**
   * Whether a schema can mean just this: {@code *} would be everybody there, and of half a
   * character no file can be made.
   */
  boolean isNameable() {
    return Stream.of(user, group, resource)
        .allMatch(name -> !name.equals("*") && StandardCharsets.UTF_8.newEncoder().canEncode(name));
  }

  private static String verbs(String verb) {
    return switch (verb) {
      case "get", "list", "watch" -> verb;
      default -> "write";
    };
  }
}
