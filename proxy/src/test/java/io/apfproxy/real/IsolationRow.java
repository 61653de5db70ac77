package io.apfproxy.real;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A row of the table: who stands between the two users and the API.
 *
 * @param word by which {@link IsolationSettings} name it
 * @param name for people
 * @param flooded whether the elephant is there
 */
record IsolationRow(String word, String name, Way way, boolean flooded) {
  /**
   * To the API. Rows of the same way share server and proxy.
   *
   * @param server flags of kube-apiserver
   * @param proxied whether there is a proxy before it
   * @param flags of the proxy
   * @param everyPart of the proxy looks on
   */
  record Way(List<String> server, boolean proxied, List<String> flags, boolean everyPart) {}

  /*
   * A proxy's server has its own 600 seats, which nobody reaches. Its APF cannot be that of the row that measures it, with the
   * proxies' users made exempt: what exempt requests held in the last 10 s is taken from what the others may borrow, at these
   * few seats all of it in one step. That row would be measured with other seats for up to 20 s after each that had a proxy.
   * Source: specification apf-config.md, 5.
   */
  private static final List<String> ROOMY = List.of();
  private static final List<String> SMALL = inFlight(20, 10);
  private static final int SMALL_SEATS = 30;
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]*");
  private static final Pattern DELAY = Pattern.compile("[1-9][0-9]*ms");

  /**
   * Reads {@code alone}, {@code none}, a fixed number of seats, the delay that adaptive seats are
   * to bear such as {@code 5ms}, {@code own}, {@code off} (nothing looks on) or {@code on} (every
   * part does, seeing.md V-01).
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static IsolationRow of(String word) {
    if (NUMBER.matcher(word).matches()) {
      int seats = Integer.parseInt(word);
      return flooded(word, "apf-proxy, " + seats + " seats", proxied(seats, false));
    }
    if (DELAY.matcher(word).matches()) {
      return flooded(
          word,
          "apf-proxy, 1 to 30 seats, " + word,
          proxied(
              SMALL_SEATS, false, "--adaptive-seats", "--min-seats=1", "--target-delay=" + word));
    }
    return switch (word) {
      case "alone" ->
          new IsolationRow(word, "alone, through apf-proxy", proxied(SMALL_SEATS, false), false);
      case "none" ->
          flooded(
              word,
              "no flow control, 20 + 10 in flight",
              direct("--enable-priority-and-fairness=false"));
      case "own" -> flooded(word, "kube-apiserver's own APF, 20 + 10 seats", direct());
      case "off" ->
          flooded(
              word,
              "apf-proxy, 30 seats, nothing looks on",
              proxied(SMALL_SEATS, false, "--top-counters=0"));
      case "on" ->
          flooded(
              word,
              "apf-proxy, 30 seats, every part on",
              // a level that holds not all to what it decides; elephant and mouse it does
              proxied(SMALL_SEATS, true, "--enforcement=50%"));
      default ->
          throw new IllegalArgumentException(
              "found the row \""
                  + word
                  + "\", expected alone, none, own, off, on, a number of seats, or a delay such as"
                  + " 5ms");
    };
  }

  /** Whether it is measured for the sake of its ratio to another. */
  boolean isComparedWith(IsolationRow other) {
    return word.equals("on")
        ? other.word.equals("off")
        : DELAY.matcher(word).matches() && NUMBER.matcher(other.word).matches();
  }

  private static IsolationRow flooded(String word, String name, Way way) {
    return new IsolationRow(word, name, way, true);
  }

  private static Way direct(String... flags) {
    return new Way(with(SMALL, flags), false, List.of(), false);
  }

  private static Way proxied(int seats, boolean everyPart, String... flags) {
    return new Way(ROOMY, true, with(inFlight(seats - 1, 1), flags), everyPart);
  }

  /** The sum is what counts, of kube-apiserver's seats as of the proxy's. */
  private static List<String> inFlight(int reading, int mutating) {
    return List.of(
        "--max-requests-inflight=" + reading, "--max-mutating-requests-inflight=" + mutating);
  }

  private static List<String> with(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }
}
