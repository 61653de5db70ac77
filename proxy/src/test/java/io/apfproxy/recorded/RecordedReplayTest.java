package io.apfproxy.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.recorded.LiveTraffic.Fate;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded is decided again as it was decided: to the nanosecond, in virtual time. */
@Tag("V-56")
class RecordedReplayTest {
  private static final int RUNS = Integer.getInteger("apf.record.runs", 5);
  private static final int REQUESTS = 400;

  @TempDir private Path folder;

  @Test
  void eachRequestGetsWhatItGot() throws Exception {
    Recorded recorded = new Recorded(folder);
    FlowControlConfiguration configuration = Recorded.configuration(8, 3);
    long waited = 0;
    long refused = 0;
    for (int seed = 0; seed < RUNS; seed++) {
      Path plain = recorded.folder("plain-" + seed);
      SortedMap<Long, Fate> live =
          recorded.record(configuration, seed, REQUESTS, plain, recorded.folder("unread-" + seed));
      assertThat(Recorded.differences(live, recorded.replay(plain, configuration)))
          .as("seed %d", seed)
          .isEmpty();
      waited += live.values().stream().filter(fate -> fate.waited() > 0).count();
      refused += live.values().stream().filter(fate -> fate.seats() == 0).count();
    }
    assertThat(waited).as("that waited").isGreaterThan(RUNS * REQUESTS / 20);
    assertThat(refused).as("refused, or left by their clients").isGreaterThan(RUNS);
    System.out.printf(
        "recordings: %d requests, %d waited, %d got no seats; 0 decided otherwise%n",
        RUNS * REQUESTS, waited, refused);
  }
}
