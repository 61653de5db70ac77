package io.apfproxy.cli;

import org.jspecify.annotations.Nullable;

/**
 * The proxy cannot run as asked. The message is one line for people: the flag or file, what was
 * found, what was expected.
 */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    this(message, null);
  }

  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
