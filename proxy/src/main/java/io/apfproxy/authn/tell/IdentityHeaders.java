package io.apfproxy.authn.tell;

import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.authn.head.ExtraKeys;
import io.apfproxy.authn.head.FieldSyntax;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.tell.Identity.Assertion;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header lines that tell the upstream who asks, and refuses what would arrive as
 * somebody else. Source: specification security.md 3.1 step 8 and 3.2. Not thread-safe.
 */
public final class IdentityHeaders {
  private static final int MOST_GROUPS = 2000;
  private static final int MOST_EXTRA_VALUES = 2000;
  private static final int MOST_CHARS = 128 * 1024;

  private final List<Map.Entry<String, String>> lines = new ArrayList<>();
  private Map.@Nullable Entry<String, String> asserted;
  private boolean anonymous = true;
  private int chars;

  /**
   * @param token as ISO-8859-1 chars
   */
  public IdentityHeaders bearer(String token) {
    lines.add(Map.entry("Authorization", "Bearer " + token));
    anonymous = false;
    return this;
  }

  /** What a front proxy says. */
  public IdentityHeaders remote(UserInfo user, FrontProxyHeaders names) throws RefusedException {
    anonymous = user.name().equals(UserInfo.ANONYMOUS.name());
    asserted =
        write(
            user,
            names.user().get(0),
            names.uid().isEmpty() ? "" : names.uid().get(0),
            names.group().isEmpty() ? "" : names.group().get(0),
            names.extraPrefix().isEmpty() ? "" : names.extraPrefix().get(0));
    return this;
  }

  /** Whom the proxy acts as. */
  public IdentityHeaders impersonated(UserInfo user) throws RefusedException {
    anonymous = false; // the upstream sees the proxy, acting as somebody
    asserted = writeImpersonation(user);
    return this;
  }

  /** What the client wishes to be, for the upstream to decide; nothing if null. */
  public IdentityHeaders wished(@Nullable Impersonation wish) throws RefusedException {
    if (wish != null) {
      int first = lines.size();
      lines.add(
          first,
          writeImpersonation(new UserInfo(wish.user(), wish.uid(), wish.groups(), wish.extra())));
    }
    return this;
  }

  public Assertion build() {
    return new Assertion(asserted, anonymous, lines);
  }

  private Map.Entry<String, String> writeImpersonation(UserInfo user) throws RefusedException {
    return write(
        user, "Impersonate-User", "Impersonate-Uid", "Impersonate-Group", "Impersonate-Extra-");
  }

  /** Writes all lines but the first, which it returns. */
  private Map.Entry<String, String> write(
      UserInfo user, String userName, String uidName, String groupName, String extraPrefix)
      throws RefusedException {
    if (user.groups().size() > MOST_GROUPS) {
      throw Refusals.forbidden("identity-too-large", "more than " + MOST_GROUPS + " groups");
    }
    Map.Entry<String, String> name = line(userName, user.name());
    if (!user.uid().isEmpty()) {
      lines.add(line(uidName, user.uid()));
    }
    for (String group : user.groups()) {
      lines.add(line(groupName, group));
    }
    int values = 0;
    for (Map.Entry<String, List<String>> extra : user.extra().entrySet()) {
      values += extra.getValue().size();
      if (values > MOST_EXTRA_VALUES) {
        throw Refusals.forbidden(
            "identity-too-large", "more than " + MOST_EXTRA_VALUES + " extra values");
      }
      if (extra.getKey().isEmpty() || extraPrefix.isEmpty()) {
        throw unsayable("extra key");
      }
      String extraName = extraPrefix + ExtraKeys.encode(extra.getKey());
      for (String value : extra.getValue()) {
        lines.add(line(extraName, value));
      }
    }
    return name;
  }

  private Map.Entry<String, String> line(String name, String text) throws RefusedException {
    String value = FieldSyntax.latin1(text);
    if (name.isEmpty()
        || value.isEmpty()
        || !FieldSyntax.isValue(value)
        || FieldSyntax.isPadded(value)) {
      throw unsayable(name.isEmpty() ? "identity" : name);
    }
    chars += name.length() + value.length();
    if (chars > MOST_CHARS) {
      throw Refusals.forbidden(
          "identity-too-large", "the identity takes more than " + MOST_CHARS + " bytes");
    }
    return Map.entry(name, value);
  }

  private static RefusedException unsayable(String what) {
    return Refusals.forbidden(
        "identity-not-sayable",
        "the identity cannot be told to the upstream unchanged (" + what + ")");
  }
}
