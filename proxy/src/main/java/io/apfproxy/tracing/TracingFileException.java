package io.apfproxy.tracing;

import org.jspecify.annotations.Nullable;

/**
 * A file cannot be used. The message is one line: file, field, what was found, what was expected.
 */
public final class TracingFileException extends Exception {
  private static final long serialVersionUID = 1L;

  TracingFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
