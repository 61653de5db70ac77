package io.apfproxy.command;

import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.ReplayOptions;
import io.apfproxy.cli.RunOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.recorded.HashedConfiguration;
import io.apfproxy.recorded.HashedNaming;
import io.apfproxy.recorded.NamesKey;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.audit.LogReplay;
import io.apfproxy.replay.audit.LogWindow;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.work.ObjectCountPage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what a configuration makes of the requests in an audit log. Source: specification seeing.md
 * V-53.
 */
public final class ReplayCommand {
  private static final int DEFAULT_SEATS = 600;

  private ReplayCommand() {}

  /**
   * Reads the logs and runs them. Exit code 1 if a bound of the options is passed.
   *
   * @throws StartException if a file cannot be read or is not valid
   */
  public static Output run(ReplayOptions options) throws StartException {
    return Reports.print(List.of(LogReplay.run(question(options))), options.run());
  }

  static LogReplay.Question question(ReplayOptions options) throws StartException {
    RunOptions run = options.run();
    RunOptions.Manifests against = run.against();
    FlowControlConfiguration before =
        against == null ? null : configuration(against, options.namesKey());
    int seats = Objects.requireNonNullElse(run.seats(), DEFAULT_SEATS);
    Path temp = options.temp();
    return new LogReplay.Question(
        run.inputs(),
        new LogWindow(
            micros(options.from(), Long.MIN_VALUE),
            micros(options.until(), Long.MAX_VALUE),
            options.loopback()),
        before,
        Objects.requireNonNullElse(run.againstSeats(), seats),
        configuration(run.config(), options.namesKey()),
        seats,
        new RequestTimeout(run.requestTimeout()),
        Objects.requireNonNullElse(run.retries(), 0),
        run.warmUp() == null ? null : run.warmUp().toNanos(),
        objects(options.objects()),
        options.listCost(),
        options.memory(),
        temp == null ? Path.of(System.getProperty("java.io.tmpdir")) : temp,
        run.limit());
  }

  /** With names as the recording has them. */
  private static FlowControlConfiguration configuration(
      RunOptions.Manifests manifests, @Nullable Path namesKey) throws StartException {
    FlowControlConfiguration plain = OfflineConfiguration.read(manifests.path());
    if (namesKey == null) {
      return plain;
    }
    try {
      return HashedConfiguration.of(plain, new HashedNaming(NamesKey.read(namesKey)));
    } catch (IOException e) {
      throw new StartException(
          "--names-key: cannot use "
              + namesKey
              + " ("
              + Reasons.of(e)
              + "), expected the key of the recording",
          e);
    }
  }

  private static long micros(@Nullable Instant instant, long otherwise) {
    return instant == null ? otherwise : ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static SortedMap<String, Terms.Stored> objects(@Nullable Path page)
      throws StartException {
    SortedMap<String, Terms.Stored> objects = new TreeMap<>();
    if (page != null) {
      try (BufferedReader lines = Files.newBufferedReader(page)) {
        ObjectCountPage.read(lines)
            .forEach(
                (key, known) ->
                    objects.put(key, new Terms.Stored(known.count(), known.averageSize())));
      } catch (IOException e) {
        throw new StartException(
            "--objects: cannot read "
                + page
                + " ("
                + Reasons.of(e)
                + "), expected a page of kube-apiserver's metrics",
            e);
      }
      if (objects.isEmpty()) {
        throw new StartException(
            "--objects: found no apiserver_resource_objects in "
                + page
                + ", expected a page of kube-apiserver's metrics");
      }
    }
    return objects;
  }
}
