package io.apfproxy.command;

import io.apfproxy.cli.AdminAccess;
import io.apfproxy.cli.ExplainOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.WatchTracker;
import io.apfproxy.work.WorkEstimate;
import io.apfproxy.work.WorkEstimator;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SortedMap;

/** Explains a request by manifests, or asks a running proxy to do so. */
public final class ExplainCommand {
  private ExplainCommand() {}

  /**
   * @throws StartException if the configuration is not valid, the request none, or the proxy does
   *     not answer
   */
  public static Output run(ExplainOptions options) throws StartException {
    AdminAccess admin = options.admin();
    if (admin != null) {
      return ask(admin, options);
    }
    FlowControlConfiguration configuration = OfflineConfiguration.read(options.config());
    try {
      Explanation explanation =
          Explanation.of(
              configuration,
              new BySharesOnly(configuration, options.seats()),
              options.method(),
              options.url(),
              options.user(),
              options.groups());
      return new Output(
          options.json() ? ExplanationJson.write(explanation) : explanation.text(), 0);
    } catch (RefusedException e) {
      throw new StartException(
          "explain: " + options.url() + " is answered " + e.code() + ": " + e.getMessage());
    }
  }

  private static Output ask(AdminAccess admin, ExplainOptions options) throws StartException {
    StringBuilder query =
        new StringBuilder("method=" + encode(options.method()) + "&url=" + encode(options.url()));
    if (options.user() != null) {
      query.append("&user=").append(encode(options.user()));
    }
    options.groups().forEach(group -> query.append("&group=").append(encode(group)));
    if (options.json()) {
      query.append("&output=json");
    }
    URI last = admin.urls().get(admin.urls().size() - 1);
    return new Output(
        AdminClient.open(admin).get(last, "/debug/api_priority_and_fairness/explain?" + query), 0);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** What configuration alone says. */
  private static final class BySharesOnly implements Explanation.Seats {
    private final SortedMap<String, LimitBounds> bounds;
    private final int seats;

    BySharesOnly(FlowControlConfiguration configuration, int seats) {
      this.bounds = LimitBounds.of(seats, configuration.levels().values());
      this.seats = seats;
    }

    private LimitBounds of(PriorityLevelConfiguration level) {
      return Objects.requireNonNull(bounds.get(level.name()));
    }

    private static WorkEstimate estimate(RequestDigest digest, long maxSeats) {
      return new WorkEstimator(
              ObjectStatistics.learned(TimeSource.system()), new WatchTracker(), true)
          .estimate(digest.info(), digest.query(), maxSeats);
    }

    @Override
    public int width(RequestDigest digest) {
      return estimate(digest, 0).maxSeats();
    }

    @Override
    public String width(PriorityLevelConfiguration level, RequestDigest digest) {
      WorkEstimate work = estimate(digest, of(level).maxSeats());
      boolean learned =
          switch (digest.info().verb()) {
            case "list", "watch", "create", "update", "patch", "delete" -> true;
            default -> false;
          };
      return Explanation.count(work.maxSeats(), "seat")
          + (learned
              ? ", where nothing is known of the objects; at most "
                  + Math.max(1, of(level).maxSeats())
              : "");
    }

    @Override
    public String limit(PriorityLevelConfiguration level) {
      return of(level).nominal()
          + " of "
          + Explanation.count(seats, "seat")
          + ", "
          + of(level).min()
          + " to "
          + of(level).max()
          + " by lending and borrowing";
    }

    @Override
    public String burst(PriorityLevelConfiguration level) {
      Burst burst = Objects.requireNonNull(level.burst());
      return Explanation.count(burst.seats(), "seat")
          + " beyond its limit for "
          + Explanation.count(burst.seconds(), "second")
          + ", once saved up, of those of --burst-seats";
    }
  }
}
