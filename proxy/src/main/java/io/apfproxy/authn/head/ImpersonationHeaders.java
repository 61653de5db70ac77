package io.apfproxy.authn.head;

import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.request.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code Impersonate-*} lines of one request. Source: kube-apiserver's impersonation
 * filter.
 */
final class ImpersonationHeaders {
  private static final String EXTRA = "impersonate-extra-";

  private @Nullable String user;
  private @Nullable String uid;
  private final List<String> groups = new ArrayList<>();
  private final Map<String, List<String>> extra = new LinkedHashMap<>();

  /**
   * @param folded name with {@code _} read as {@code -}
   */
  void add(String name, String folded, String value) throws RefusedException {
    // upstream takes a name with an underscore for another header, so it says nothing
    boolean spelledOut = name.indexOf('_') < 0;
    switch (folded) {
      case "impersonate-user" -> {
        if (spelledOut) {
          user = once(user, name, value);
        }
      }
      case "impersonate-uid" -> {
        if (spelledOut) {
          uid = once(uid, name, value);
        }
      }
      case "impersonate-group" -> {
        if (spelledOut) {
          groups.add(notEmpty(name, FieldSyntax.identity(name, value)));
        }
      }
      default -> addExtra(name, folded, value);
    }
  }

  private void addExtra(String name, String folded, String value) throws RefusedException {
    if (!folded.startsWith(EXTRA) || folded.length() == EXTRA.length()) {
      throw RefusedException.badRequest(
          "unknown-impersonation-header",
          "Impersonate-* must be one of Impersonate-User, -Uid, -Group, -Extra-KEY");
    }
    // only "impersonate-extra-" itself has to be spelled out: an underscore in the key is a
    // character
    if (name.lastIndexOf('_', EXTRA.length() - 1) >= 0) {
      return;
    }
    extra
        .computeIfAbsent(ExtraKeys.decode(name.substring(EXTRA.length())), key -> new ArrayList<>())
        .add(FieldSyntax.identity(name, value));
  }

  /** Whom the client wants to be; null if it sent none of these headers. */
  @Nullable Impersonation read() throws RefusedException {
    if (user == null) {
      if (uid != null || !groups.isEmpty() || !extra.isEmpty()) {
        throw RefusedException.badRequest(
            "impersonation-without-user", "Impersonate-* needs Impersonate-User");
      }
      return null;
    }
    return new Impersonation(
        notEmpty("Impersonate-User", user), uid == null ? "" : uid, groups, extra);
  }

  private static String once(@Nullable String before, String name, String value)
      throws RefusedException {
    if (before != null) {
      throw RefusedException.badRequest(
          "duplicate-" + name.toLowerCase(Locale.ROOT), name + " must occur once");
    }
    return FieldSyntax.identity(name, value);
  }

  private static String notEmpty(String name, String value) throws RefusedException {
    if (value.isEmpty()) {
      throw RefusedException.badRequest("empty-impersonation", name + " must not be empty");
    }
    return value;
  }
}
