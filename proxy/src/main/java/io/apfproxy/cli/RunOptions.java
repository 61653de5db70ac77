package io.apfproxy.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code simulate} and {@code replay} have in common. Null is what nothing was said of.
 *
 * @param inputs files, at least one
 * @param config the configuration in question
 * @param against what it is compared with; null if nothing is
 * @param json whether the report is printed as JSON
 * @param html where it is written as a page too
 * @param limit rows of flows, and of each who is throttled
 * @param maxRefused percent of a level's requests that may be refused
 * @param maxWaitP99 that a level may have
 */
public record RunOptions(
    List<String> inputs,
    Manifests config,
    @Nullable Integer seats,
    @Nullable Manifests against,
    @Nullable Integer againstSeats,
    Duration requestTimeout,
    @Nullable Integer retries,
    @Nullable Duration warmUp,
    boolean json,
    @Nullable Path html,
    int limit,
    @Nullable Double maxRefused,
    @Nullable Duration maxWaitP99) {
  public RunOptions {
    inputs = List.copyOf(inputs);
  }

  /**
   * Manifests over the built-in objects.
   *
   * @param path file or folder; null for the built-in objects alone
   */
  public record Manifests(@Nullable Path path) {}
}
