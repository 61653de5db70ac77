package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.Kind;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.SourceObject;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.request.UserInfo;
import io.apfproxy.source.Manifest;
import io.apfproxy.time.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The level in {@code deploy/examples} does what its first lines and README say of it: as it stands
 * there, in virtual time.
 */
@Tag("L-60")
class ExampleBurstTest {
  private static final Path EXAMPLE =
      Path.of("..", "deploy", "examples", "level-with-burst.yaml").toAbsolutePath().normalize();
  private static final UserInfo TENANT = UserInfo.of("tenant", UserInfo.AUTHENTICATED, "tenants");
  private static final int OWN = 10;
  private static final int BURST = 20;

  private final ManualTime time = new ManualTime();
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(OWN).withBursts(new BurstSeats(BURST, () -> true)),
          FlowControlConfiguration.empty(),
          time,
          time,
          FlowMetrics.NONE);

  @BeforeEach
  void apply() throws Exception {
    List<FlowSchema> schemas = new ArrayList<>();
    List<PriorityLevelConfiguration> levels = new ArrayList<>();
    Manifest manifest = Manifest.parse(EXAMPLE.toString(), Files.readString(EXAMPLE));
    assertThat(manifest.findings()).isEmpty();
    for (SourceObject object : manifest.objects()) {
      if (object.key().kind().equals(Kind.FLOW_SCHEMA)) {
        schemas.add(Kind.FLOW_SCHEMA.cast(object.content()));
      } else {
        levels.add(Kind.PRIORITY_LEVEL.cast(object.content()));
      }
    }
    control.apply(schemas, levels);
  }

  @Test
  void aNewLevelHasItsSeatsAndNoMore() {
    assertThat(executing(flood())).isEqualTo(OWN);
  }

  @Test
  void itHasTwentySeatsMoreUntilAllIsSpent() {
    time.advance(Duration.ofSeconds(19));
    assertThat(saved()).as("by ten seats unused").isEqualTo(190);
    time.advance(Duration.ofMinutes(1));
    assertThat(saved()).isEqualTo(200);

    List<Client> clients = flood();
    assertThat(executing(clients)).isEqualTo(OWN + BURST);
    time.advance(Duration.ofSeconds(9));
    assertThat(saved()).isEqualTo(20);
    time.advance(Duration.ofSeconds(1));
    assertThat(saved()).isZero();

    end(clients);
    assertThat(executing(flood())).as("held to its seats").isEqualTo(OWN);
  }

  private List<Client> flood() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clients.add(Client.send(control, TENANT, "GET", "/api/v1/namespaces/shop/pods/p"));
    }
    return clients;
  }

  private static long executing(List<Client> clients) {
    return clients.stream().filter(Client::executes).count();
  }

  /** In their turn, all of them. */
  private static void end(List<Client> clients) {
    List<Client> left = new ArrayList<>(clients);
    while (!left.isEmpty()) {
      Client next = left.stream().filter(Client::executes).findFirst().orElseThrow();
      next.lease().close();
      left.remove(next);
    }
  }

  private long saved() {
    return Objects.requireNonNull(control.bursts().get("tenants")).creditSeatNanos()
        / 1_000_000_000;
  }
}
