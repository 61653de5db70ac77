package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** The replay ends when the recordings do: at the last snapshot. */
class ReplayTest {
  private static final String SCENARIO =
      """
      {"config": {"queues": 0, "concurrencyLimit": 1},
       "events": [
         {"op": "arrive", "t": 0, "id": 1, "hash": "1", "initialSeats": 1, "execNs": 10000000 %s},
         {"op": "arrive", "t": 1000000, "id": 2, "hash": "2", "initialSeats": 1 %s}],
       "snapshots": [{"t": 10000000}]}
      """;

  @Test
  void isNotProlongedByTheCancellationOfARequestThatWasRefused() throws Exception {
    Replay replay = replay("", ", \"cancelAt\": 1000000000");

    assertThat(replay.decisions.get(1).get("outcome").textValue())
        .isEqualTo("rejected:concurrency-limit");
    assertThat(replay.demand().seconds()).isEqualTo(0.010);
  }

  @Test
  void isNotProlongedByTheCancellationOfARequestThatWasServed() throws Exception {
    Replay replay = replay(", \"cancelAt\": 1000000000", "");

    assertThat(replay.decisions.get(0).get("outcome").textValue()).isEqualTo("executed");
    assertThat(replay.demand().seconds()).isEqualTo(0.010);
  }

  private static Replay replay(String ofTheFirst, String ofTheSecond) throws Exception {
    Replay replay =
        new Replay(new ObjectMapper().readTree(SCENARIO.formatted(ofTheFirst, ofTheSecond)));
    replay.run();
    return replay;
  }
}
