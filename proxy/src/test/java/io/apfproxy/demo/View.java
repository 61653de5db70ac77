package io.apfproxy.demo;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;

/** Shows a phase while it is under way. */
interface View {
  /** For a terminal that can be drawn on, else for a file or a pipe. */
  static View on(PrintStream out) {
    return isTerminal() ? new PictureView(out) : new LineView(out);
  }

  /** How often {@link #show} is wanted in a phase of this length. */
  Duration interval(Duration phase);

  /** The phase is about to start, its clients are warming up. */
  void begin(int number, String title);

  void show(Phase phase);

  /** The phase has ended; what comes next is printed below. */
  void end(Phase phase);

  @SuppressWarnings("SystemConsoleNull") // null up to JDK 21, isTerminal() since 22
  private static boolean isTerminal() {
    if (System.console() == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(System.console());
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
