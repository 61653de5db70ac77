package io.apfproxy.cli;

/**
 * The command line, the environment or the configuration file asks for something that cannot be.
 * The message is one line for people: what was named, what was found, what was expected.
 */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  UsageException(String message) {
    this(message, Command.EXIT_USAGE);
  }

  UsageException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** 2 for wrong usage, 1 for a file that could not be read. */
  public int exitCode() {
    return exitCode;
  }
}
