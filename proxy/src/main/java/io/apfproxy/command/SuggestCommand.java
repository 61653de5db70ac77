package io.apfproxy.command;

import io.apfproxy.cli.ReplayOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.replay.suggest.Suggest;
import io.apfproxy.replay.suggest.Suggestions;

/**
 * Proposes levels and schemas for those that crowd others out in an audit log. Source:
 * specification seeing.md V-59.
 */
public final class SuggestCommand {
  private SuggestCommand() {}

  /**
   * Reads the logs, and tries what they make one think of. Exit code 0, also if nothing is found.
   *
   * @throws StartException if a file cannot be read or is not valid
   */
  public static Output run(ReplayOptions options) throws StartException {
    Suggestions found = Suggest.run(ReplayCommand.question(options));
    return new Output(options.run().json() ? found.json() : found.yaml(), 0);
  }
}
