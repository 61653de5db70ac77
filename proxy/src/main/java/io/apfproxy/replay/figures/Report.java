package io.apfproxy.replay.figures;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run in virtual time says.
 *
 * @param title what was run
 * @param seconds that the whole of it takes
 * @param warmUpSeconds of these that are not reported, at the start
 * @param amounts what was read, and what became of it
 * @param cautions what makes the figures less true than they look; one sentence each
 * @param before what the old configuration makes of it; null if nothing is compared
 * @param after what the configuration in question makes of it
 * @param moves which requests match another schema than before
 */
public record Report(
    String title,
    double seconds,
    double warmUpSeconds,
    List<Amount> amounts,
    List<String> cautions,
    @Nullable Outcome before,
    Outcome after,
    List<Move> moves) {
  public Report {
    amounts = List.copyOf(amounts);
    cautions = List.copyOf(cautions);
    moves = List.copyOf(moves);
  }
}
