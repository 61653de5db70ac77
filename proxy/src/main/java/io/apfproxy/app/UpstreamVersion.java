package io.apfproxy.app;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the upstream last said its version is; it may be upgraded meanwhile. Thread-safe. */
final class UpstreamVersion {
  private static final Pattern NUMBERS = Pattern.compile("v(\\d{1,4})\\.(\\d{1,4})\\b.*");
  private static final int MAJOR = 10_000;
  private static final int CONSTRAINED_IMPERSONATION = MAJOR + 36;

  private volatile int release;
  private volatile String text = "";

  /**
   * @param gitVersion such as {@code v1.37.1} or {@code v1.36.0-eks-1}
   */
  void tell(String gitVersion) {
    text = gitVersion;
    Matcher numbers = NUMBERS.matcher(gitVersion);
    release =
        numbers.matches()
            ? Integer.parseInt(numbers.group(1)) * MAJOR + Integer.parseInt(numbers.group(2))
            : 0;
  }

  /** As it was said; empty before. */
  String text() {
    return text;
  }

  /** Whether it knows rights such as {@code impersonate:user-info}: from 1.36 on. */
  boolean hasConstrainedImpersonation() {
    return release >= CONSTRAINED_IMPERSONATION;
  }
}
