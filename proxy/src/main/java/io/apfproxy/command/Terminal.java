package io.apfproxy.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Where a command prints.
 *
 * @param interactive whether somebody looks at it
 * @param rows how high it is
 * @param columns how wide it is
 */
record Terminal(boolean interactive, int rows, int columns) {
  /** What goes to a file or to another program. */
  static final Terminal NONE = new Terminal(false, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private static final int USUAL_ROWS = 24;
  private static final int USUAL_COLUMNS = 80;
  private static final long LONGEST_MILLIS = 500;

  /** That of this process, as wide as it is now. */
  static Terminal current() {
    try {
      return isTerminal() ? of(size()) : NONE;
    } catch (IOException e) {
      return NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NONE;
    }
  }

  /*
   * What Java knows of a console depends on its version, and of a size it knows nothing. Where these
   * programs are missing nobody looks at a terminal of ours.
   */
  private static boolean isTerminal() throws IOException, InterruptedException {
    Process test =
        new ProcessBuilder("test", "-t", "1")
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return ended(test) && test.exitValue() == 0;
  }

  private static String size() throws IOException, InterruptedException {
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return ended(stty)
        ? new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
        : "";
  }

  private static boolean ended(Process process) throws InterruptedException {
    if (process.waitFor(LONGEST_MILLIS, TimeUnit.MILLISECONDS)) {
      return true;
    }
    process.destroy();
    return false;
  }

  /**
   * One that somebody looks at.
   *
   * @param size rows and columns, as {@code stty} prints them
   */
  static Terminal of(String size) {
    String[] words = size.strip().split(" ", -1);
    return words.length == 2
        ? new Terminal(true, number(words[0], USUAL_ROWS), number(words[1], USUAL_COLUMNS))
        : new Terminal(true, USUAL_ROWS, USUAL_COLUMNS);
  }

  private static int number(String word, int usual) {
    return word.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(word) : usual;
  }
}
