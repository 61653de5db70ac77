package io.apfproxy.app;

import java.util.Objects;

/** Which build this is. */
public final class Version {
  /** As in the jar's manifest; {@code dev} where the classes are in no jar. */
  public static final String NUMBER =
      Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "dev");

  private Version() {}

  /** One line for people. */
  public static String line() {
    return "apf-proxy "
        + NUMBER
        + " (Java "
        + Runtime.version()
        + ", "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ")";
  }
}
