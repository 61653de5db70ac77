package io.apfproxy.command;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.cli.WhyOptions;
import io.apfproxy.report.refusals.RefusalAnswer;
import io.apfproxy.report.refusals.RefusalQuestion;
import io.apfproxy.report.refusals.Refused;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Says why requests were refused, as running proxies remember it. V-29. */
public final class WhyCommand {
  private WhyCommand() {}

  /**
   * Asks all proxies.
   *
   * @return with exit code 1 if none remembers such a request
   * @throws StartException if a proxy does not answer
   */
  public static Output run(WhyOptions options) throws StartException {
    AdminClient client = AdminClient.open(options.admin());
    List<RefusalAnswer> answers = new ArrayList<>();
    for (URI url : options.admin().urls()) {
      answers.add(ask(client, url, options.question()));
    }
    List<Refused> rows =
        answers.stream()
            .flatMap(answer -> answer.rows().stream())
            .sorted(Comparator.comparingLong(Refused::epochMillis).reversed())
            .limit(options.question().limit())
            .toList();
    if (rows.isEmpty()) {
      return new Output(notRemembered(options.question(), answers), Command.EXIT_FAILURE);
    }
    return new Output(rows.stream().map(RefusalText::of).collect(Collectors.joining("\n")), 0);
  }

  private static RefusalAnswer ask(AdminClient client, URI url, RefusalQuestion question)
      throws StartException {
    String id = question.auditId();
    String user = question.user();
    String json =
        client.get(
            url,
            "/debug/apf-proxy/refusals?limit="
                + question.limit()
                + (id == null ? "" : "&audit-id=" + encode(id))
                + (user == null ? "" : "&user=" + encode(user)));
    try {
      return RefusalJson.read(json);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "--admin: " + url + " answers what is no answer, expected another version", e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String notRemembered(RefusalQuestion question, List<RefusalAnswer> answers) {
    int remembered = answers.stream().mapToInt(RefusalAnswer::remembered).sum();
    long total = answers.stream().mapToLong(RefusalAnswer::total).sum();
    String since =
        answers.stream().mapToLong(RefusalAnswer::since).filter(at -> at > 0).min().stream()
            .mapToObj(at -> ", since " + Instant.ofEpochMilli(at))
            .findFirst()
            .orElse("");
    return "no refusal of "
        + (question.auditId() != null ? question.auditId() : question.user())
        + " is remembered; "
        + remembered
        + " of "
        + total
        + " are"
        + since
        + "\n";
  }
}
