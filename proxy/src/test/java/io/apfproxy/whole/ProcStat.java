package io.apfproxy.whole;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of {@code /proc/PID/stat}. Source: proc(5).
 *
 * @param command name of the program, 15 bytes at most
 * @param userTicks in its own code, all threads, also those that have ended; 100 a second
 * @param systemTicks in the kernel
 */
record ProcStat(String command, long userTicks, long systemTicks) {
  /** Linux tells times of processes in these, whatever its own are: USER_HZ. */
  private static final long TICKS_A_SECOND = 100;

  private static final long NANOS_A_TICK = 1_000_000_000 / TICKS_A_SECOND;
  private static final Pattern SPACE = Pattern.compile(" ");

  // behind the name: field 3, the state, is the first
  private static final int USER = 14 - 3;
  private static final int SYSTEM = 15 - 3;

  /**
   * @throws IllegalArgumentException if it is no such line
   */
  static ProcStat parse(String line) {
    // the name may hold anything, parentheses too
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 0 || close + 2 > line.length()) {
      throw new IllegalArgumentException("no line of /proc/PID/stat: " + line);
    }
    List<String> fields = SPACE.splitAsStream(line.substring(close + 2)).toList();
    if (fields.size() <= SYSTEM) {
      throw new IllegalArgumentException("no line of /proc/PID/stat: " + line);
    }
    return new ProcStat(
        line.substring(open + 1, close),
        Long.parseLong(fields.get(USER)),
        Long.parseLong(fields.get(SYSTEM)));
  }

  long cpuNanos() {
    return (userTicks + systemTicks) * NANOS_A_TICK;
  }
}
