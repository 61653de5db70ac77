package io.apfproxy.replay.suggest;

import io.apfproxy.replay.figures.Report;
import java.util.List;

/**
 * What was found in a log.
 *
 * @param alone what the present configuration makes of it
 * @param tried elephants that were looked at
 * @param all proposals that help
 * @param leftOut those that were run and do not
 */
public record Suggestions(Report alone, int tried, List<Suggestion> all, List<Suggestion> leftOut) {
  public Suggestions {
    all = List.copyOf(all);
    leftOut = List.copyOf(leftOut);
  }

  /** Manifests to apply, with the reasons as comments. */
  public String yaml() {
    return SuggestedYaml.of(this);
  }

  /** One line of JSON. Durations are seconds; fields are only added. */
  public String json() {
    return SuggestedJson.of(this);
  }
}
