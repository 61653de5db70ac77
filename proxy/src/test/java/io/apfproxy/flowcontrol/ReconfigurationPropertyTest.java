package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Levels that come, change and go, and seats that become more and fewer, at random instants while
 * requests do, in virtual time, by a seed: every request is answered once, and every seat comes
 * back.
 */
@Tag("S63")
class ReconfigurationPropertyTest {
  private static final int STEPS = 3_000;
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> TARGETS =
      List.of("/api/v1/pods", "/api/v1/namespaces/ns/pods/p", "/api/v1/pods?watch=1");

  private final ManualTime time = new ManualTime();
  private final List<Client> executing = new ArrayList<>();
  private final List<Client> waiting = new ArrayList<>();
  private final List<Client> all = new ArrayList<>();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void losesNoRequestHoweverTheLevelsChange(long seed) {
    System.out.println("reconfiguration at random, seed " + seed);
    Random random = new Random(seed);
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(20),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);
    for (int i = 0; i < STEPS; i++) {
      time.advance(Duration.ofMillis(random.nextInt(20)));
      step(control, random);
      sort();
      assertThat(held(control)).isEqualTo(executing.size() + waiting.size());
    }

    control.apply(List.of(), List.of());
    while (!executing.isEmpty()) {
      executing.remove(0).lease().close();
      sort();
    }
    time.advance(Duration.ofSeconds(10));

    // What still waits has a level without seats: none is left but the mandatory ones.
    waiting.forEach(client -> assertThat(client.admission().cancel()).isTrue());
    time.advance(Duration.ofSeconds(10));
    assertThat(all).allMatch(client -> client.answers() == 1);
    assertThat(control.snapshot())
        .allSatisfy(level -> assertThat(level.seatsInUse() + level.seatsWaiting()).isZero());
    control.apply(List.of(), List.of());
    assertThat(control.snapshot())
        .extracting(LevelSnapshot::name)
        .containsExactly("catch-all", "exempt");
  }

  private void step(ApfFlowControl control, Random random) {
    int choice = random.nextInt(100);
    if (choice < 50) {
      String user = "user-" + NAMES.get(random.nextInt(NAMES.size()));
      String method = random.nextInt(4) == 0 ? "PUT" : "GET";
      String target = TARGETS.get(random.nextInt(TARGETS.size()));
      Client client = Client.send(control, user, method, target);
      all.add(client);
      waiting.add(client);
    } else if (choice < 80) {
      if (!executing.isEmpty()) {
        executing.remove(random.nextInt(executing.size())).lease().close();
      }
    } else if (choice < 88) {
      if (!waiting.isEmpty()) {
        Client client = waiting.get(random.nextInt(waiting.size()));
        assertThat(client.admission().cancel()).isTrue();
      }
    } else if (choice < 92) {
      control.adjustBorrowing();
    } else if (choice < 95) {
      control.resize(1 + random.nextInt(40));
    } else {
      reconfigure(control, random);
    }
  }

  private static void reconfigure(ApfFlowControl control, Random random) {
    List<PriorityLevelConfiguration> levels = new ArrayList<>();
    List<FlowSchema> schemas = new ArrayList<>();
    for (String name : NAMES) {
      int shares = random.nextInt(3) * 30;
      switch (random.nextInt(5)) {
        case 0 -> {
          continue; // its schema dangles, or is gone too
        }
        case 1 -> levels.add(Config.rejecting(name, shares));
        case 2 -> levels.add(Config.lending(name, shares, 50));
        default ->
            levels.add(Config.queuing(name, shares, 1 + random.nextInt(8), random.nextInt(20)));
      }
      schemas.add(Config.schema("schema-" + name, name, "user-" + name));
    }
    control.apply(schemas, levels);
  }

  /** Moves each client to where it is by now. */
  private void sort() {
    for (Client client : List.copyOf(waiting)) {
      if (client.executes() || client.refusal() != null) {
        waiting.remove(client);
        if (client.executes()) {
          executing.add(client);
        }
      }
    }
  }

  private static int held(ApfFlowControl control) {
    return control.snapshot().stream().mapToInt(level -> level.waiting() + level.executing()).sum();
  }
}
