package io.apfproxy.command;

import io.apfproxy.cli.StartException;
import io.apfproxy.cli.TopOptions;
import io.apfproxy.report.talkers.Dimension;
import io.apfproxy.report.talkers.NowAnswer;
import io.apfproxy.report.talkers.NowQuestion;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopQuestion;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Shows who uses running proxies, and who is refused. Source: specification seeing.md V-21. */
public final class TopCommand {
  /** To the upper left, and what is below; each line ends what stood there. */
  private static final String HOME = "\u001b[H";

  private static final String ERASE_LINE = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";
  private static final long PERIOD_SECONDS = 2;

  private final TopOptions options;
  private final AdminClient client;

  private TopCommand(TopOptions options, AdminClient client) {
    this.options = options;
    this.client = client;
  }

  /**
   * Prints: once, or on a terminal until the thread is interrupted or the process ended.
   *
   * @return what is still to be printed
   * @throws StartException if a proxy does not answer the first time
   */
  public static Output run(TopOptions options, PrintStream terminal) throws StartException {
    TopCommand command = open(options);
    if (options.once() || options.json() || !Terminal.current().interactive()) {
      return new Output(command.once(), 0);
    }
    try {
      command.follow(terminal, Terminal::current, Integer.MAX_VALUE, PERIOD_SECONDS * 1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Output("", 0);
  }

  static TopCommand open(TopOptions options) throws StartException {
    return new TopCommand(options, AdminClient.open(options.admin()));
  }

  String once() throws StartException {
    String text = text(Integer.MAX_VALUE);
    return options.json() ? text : head() + "  " + text;
  }

  /** As often as that, if nobody interrupts. */
  void follow(PrintStream out, Supplier<Terminal> terminal, int times, long millis)
      throws StartException, InterruptedException {
    Terminal size = terminal.get();
    String text = head() + "\n" + text(size.columns());
    for (int i = 0; i < times; i++) {
      out.print(
          HOME
              + text.lines()
                  .limit(size.rows() - 1L) // the last one is the cursor's: else all would move up
                  .map(line -> line + ERASE_LINE + "\n")
                  .collect(Collectors.joining("", "", ERASE_BELOW)));
      out.flush();
      TimeUnit.MILLISECONDS.sleep(millis);
      size = terminal.get();
      try {
        text = head() + "\n" + text(size.columns());
      } catch (StartException away) {
        text = away.getMessage() + "\n"; // it may come back
      }
    }
  }

  private String head() {
    return options.admin().urls().stream().map(URI::toString).collect(Collectors.joining(", "));
  }

  /** JSON if that is wanted, else a table. */
  private String text(int columns) throws StartException {
    NowQuestion now = options.now();
    if (now != null) {
      NowAnswer answer = ask(now);
      return options.json() ? NowText.json(answer) : NowText.table(answer, columns);
    }
    TopAnswer answer = ask(options.question());
    return options.json() ? TopJson.write(answer) : TopTable.of(answer, columns);
  }

  private TopAnswer ask(TopQuestion question) throws StartException {
    List<TopAnswer> answers =
        ask(
            question.by(),
            question.window().label(),
            question.sort().label(),
            question.limit(),
            json -> TopJson.read(question, json));
    return answers.size() == 1 ? answers.get(0) : TopSum.of(question, answers);
  }

  private NowAnswer ask(NowQuestion question) throws StartException {
    List<NowAnswer> answers =
        ask(
            question.by(),
            NowQuestion.WINDOW,
            question.sort(),
            question.limit(),
            json -> NowText.read(question, json));
    return answers.size() == 1 ? answers.get(0) : NowAnswer.sum(question, answers);
  }

  /** All proxies; if there are several, each for as many rows as there may be. */
  private <T> List<T> ask(
      Dimension by, String window, String sort, int limit, Function<String, T> reading)
      throws StartException {
    List<URI> urls = options.admin().urls();
    List<T> answers = new ArrayList<>();
    for (URI url : urls) {
      String json =
          client.get(
              url,
              "/debug/apf-proxy/top?by="
                  + by.label()
                  + "&window="
                  + window
                  + "&sort="
                  + sort
                  + "&limit="
                  + (urls.size() == 1 ? limit : TopQuestion.MOST));
      try {
        answers.add(reading.apply(json));
      } catch (IllegalArgumentException e) {
        throw new StartException(
            "--admin: " + url + " answers what is no answer, expected another version", e);
      }
    }
    return answers;
  }
}
