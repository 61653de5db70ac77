package io.apfproxy.authn.memo;

import io.apfproxy.request.UserInfo;
import java.util.List;
import java.util.Map;

/** What a user takes of the heap, roughly. */
public final class UserBytes {
  private static final int STRING = 56;

  private UserBytes() {}

  public static int of(UserInfo user) {
    long bytes = of(user.name()) + of(user.uid()) + of(user.groups());
    for (Map.Entry<String, List<String>> extra : user.extra().entrySet()) {
      bytes += 2L * STRING + of(extra.getKey()) + of(extra.getValue());
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  private static long of(List<String> texts) {
    long bytes = STRING;
    for (String text : texts) {
      bytes += of(text);
    }
    return bytes;
  }

  private static long of(String text) {
    return STRING + (long) text.length();
  }
}
