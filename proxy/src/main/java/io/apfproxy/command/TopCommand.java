package io.apfproxy.command;

import io.apfproxy.cli.StartException;
import io.apfproxy.cli.TopOptions;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopQuestion;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
    TopAnswer answer = ask();
    return options.json() ? TopJson.write(answer) : head() + "  " + TopTable.of(answer);
  }

  /** As often as that, if nobody interrupts. */
  void follow(PrintStream out, Supplier<Terminal> terminal, int times, long millis)
      throws StartException, InterruptedException {
    String text = head() + "\n" + TopTable.of(ask(), terminal.get().columns());
    for (int i = 0; i < times; i++) {
      out.print(
          HOME
              + text.lines()
                  .map(line -> line + ERASE_LINE + "\n")
                  .collect(Collectors.joining("", "", ERASE_BELOW)));
      out.flush();
      TimeUnit.MILLISECONDS.sleep(millis);
      try {
        text = head() + "\n" + TopTable.of(ask(), terminal.get().columns());
      } catch (StartException away) {
        text = away.getMessage() + "\n"; // it may come back
      }
    }
  }

  private String head() {
    return options.admin().urls().stream().map(URI::toString).collect(Collectors.joining(", "));
  }

  private TopAnswer ask() throws StartException {
    List<URI> urls = options.admin().urls();
    TopQuestion question = options.question();
    int limit = urls.size() == 1 ? question.limit() : TopQuestion.MOST;
    List<TopAnswer> answers = new ArrayList<>();
    for (URI url : urls) {
      String json =
          client.get(
              url,
              "/debug/apf-proxy/top?by="
                  + question.by().label()
                  + "&window="
                  + question.window().label()
                  + "&sort="
                  + question.sort().label()
                  + "&limit="
                  + limit);
      try {
        answers.add(TopJson.read(question, json));
      } catch (IllegalArgumentException e) {
        throw new StartException(
            "--admin: " + url + " answers what is no answer, expected another version", e);
      }
    }
    return answers.size() == 1 ? answers.get(0) : TopSum.of(question, answers);
  }
}
