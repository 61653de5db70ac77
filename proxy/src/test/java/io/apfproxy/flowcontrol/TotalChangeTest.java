package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seats in all become fewer and more while requests wait and execute. */
@Tag("L-48")
class TotalChangeTest {
  private static final int TOTAL = 20;

  /** A server of its own with one queuing level that lends and one that borrows. */
  private static final class Server {
    private final ManualTime time = new ManualTime();
    private final ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(TOTAL),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);

    Server() {
      control.apply(
          List.of(Config.schema("schema-a", "a", "ann"), Config.schema("schema-b", "b", "bob")),
          List.of(Config.lending("a", 50, 50), Config.lending("b", 50, 50)));
    }

    Client send(String user) {
      return Client.get(control, user, "/api/v1/namespaces/ns/pods/p");
    }

    LevelSnapshot level(String name) {
      return control.snapshot().stream()
          .filter(level -> level.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private final Server server = new Server();

  @Test
  void moreSeatsStartWhoWaits() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(server.send("ann"));
    }
    long before = clients.stream().filter(Client::executes).count();

    server.control.resize(2 * TOTAL);

    assertThat(clients.stream().filter(Client::executes).count()).isGreaterThan(before);
    assertThat(server.level("a").nominalLimit())
        .isEqualTo(2 * new Server().level("a").nominalLimit());
  }

  @Test
  void fewerSeatsTakeNothingFromWhoExecutesAndRefuseNobodyWhoWaits() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(server.send("ann"));
    }
    server.time.advance(Duration.ofSeconds(10));
    server.control.adjustBorrowing(); // what is wanted is known from here on
    long executing = clients.stream().filter(Client::executes).count();

    server.control.resize(1);

    assertThat(clients.stream().filter(Client::executes).count()).isEqualTo(executing);
    assertThat(clients).allMatch(client -> client.refusal() == null);
    for (Client client : clients) {
      assertThat(client.executes()).as("in its turn").isTrue();
      client.lease().close();
      server.time.settle();
    }
  }

  @Test
  void goingBackIsAsIfNothingHadBeen() {
    Server other = new Server();
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      server.control.resize(1 + random.nextInt(100));
    }

    server.control.resize(TOTAL);

    assertThat(server.control.snapshot())
        .usingRecursiveComparison()
        .isEqualTo(other.control.snapshot());
  }

  @Test
  void theBorrowingPeriodGoesOn() {
    Server other = new Server();
    for (Server one : List.of(server, other)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(one.send("ann"));
      }
      one.time.advance(Duration.ofSeconds(2));
      clients.forEach(client -> client.lease().close());
    }
    server.control.resize(TOTAL + 7);
    server.control.resize(TOTAL);
    for (Server one : List.of(server, other)) {
      one.time.advance(Duration.ofSeconds(8));
      one.control.adjustBorrowing();
    }

    assertThat(server.control.snapshot())
        .usingRecursiveComparison()
        .isEqualTo(other.control.snapshot());
    assertThat(server.level("a").demandHighWatermark()).isEqualTo(8);
  }

  @Test
  void noLevelStopsQueuingBecauseSeatsAreFew() {
    server.control.apply(
        List.of(Config.schema("schema-a", "a", "ann"), Config.schema("schema-b", "b", "bob")),
        List.of(Config.queuing("a", 1, 4, 50), Config.queuing("b", 99, 4, 50)));

    server.control.resize(1);

    assertThat(server.level("a").queues()).isEqualTo(4);
  }

  @Test
  void refusesATotalThatIsNone() {
    assertThatThrownBy(() -> server.control.resize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seats in all are 0, must be at least 1");
  }
}
