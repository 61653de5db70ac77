package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.budget.SeatUse;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  @Tag("L-52")
  void saysWhetherEverybodyIsHeldToWhatLevelsDecide() {
    assertThat(server.control.seatUse().shadow()).isFalse();

    server.control.apply(
        List.of(),
        List.of(
            Config.lending("a", 50, 50),
            Config.enforcing(Config.lending("b", 50, 50), new Enforcement(99))));
    assertThat(server.control.seatUse().shadow()).isTrue();

    server.control.apply(List.of(), List.of(Config.lending("a", 50, 50)));
    assertThat(server.control.seatUse().shadow()).isFalse();
  }

  @Test
  @Tag("L-46")
  void fewerSeatsByAndByLetTheNextBeginForEverySecondThatEnds() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(server.send("ann"));
    }
    int executing = server.level("a").executing();

    server.control.lower(1);

    assertThat(server.level("a").executing()).isEqualTo(executing);
    clients.get(0).lease().close();
    server.time.settle();
    assertThat(server.level("a").executing()).isEqualTo(executing - 1);
    clients.get(1).lease().close();
    server.time.settle();
    assertThat(server.level("a").executing()).isEqualTo(executing - 1);
    for (int i = 2; i < 2 * executing - 2; i++) {
      clients.get(i).lease().close();
      server.time.settle();
    }
    assertThat(server.level("a").executing()).isEqualTo(server.level("a").currentLimit());
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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void nobodyIsLostMovedOrToldTwiceWhateverTheTotal(long seed) {
    Random random = new Random(seed);
    List<Client> sent = new ArrayList<>();
    Deque<Client> running = new ArrayDeque<>();
    List<Client> waiting = new ArrayList<>(); // of one queue, in order
    for (int i = 0; i < 10_000; i++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          int total = 1 + random.nextInt(200);
          if (random.nextBoolean()) {
            server.control.resize(total);
          } else {
            server.control.lower(total);
          }
        }
        case 1 -> {
          Client client = server.send("ann");
          sent.add(client);
          waiting.add(client);
        }
        default -> {
          if (!running.isEmpty()) {
            running.remove().lease().close();
            server.time.settle();
          }
        }
      }
      if (random.nextInt(100) == 0) {
        server.control.adjustBorrowing();
      }
      while (!waiting.isEmpty() && waiting.get(0).executes()) {
        running.add(waiting.remove(0));
      }
      assertThat(waiting).as("nobody before his turn").noneMatch(Client::executes);
    }
    while (!running.isEmpty()) {
      running.remove().lease().close();
      server.time.settle();
      while (!waiting.isEmpty() && waiting.get(0).executes()) {
        running.add(waiting.remove(0));
      }
    }

    assertThat(waiting).isEmpty();
    assertThat(sent).hasSizeGreaterThan(3_000).allMatch(client -> client.answers() == 1);
    assertThat(server.control.seatUse()).isEqualTo(new SeatUse(0, limits(), false));
  }

  private long limits() {
    return server.control.snapshot().stream().mapToLong(LevelSnapshot::currentLimit).sum();
  }

  @ParameterizedTest
  @Tag("L-49")
  @CsvSource({"600, 8", "300, 8", "60, 5", "13, 2", "1, 1", "600, 8"})
  void aListIsAsWideAsByTheConfiguredTotalButNoWiderThanItsLevelIsNow(int total, int widest) {
    ManualTime time = new ManualTime();
    ApfFlowControl control = builtIn(time);
    control.polledObjects().set("configmaps", 50_000, 3_000);

    control.resize(total);

    RequestDigest list =
        Client.digest(
            UserInfo.of("ann", UserInfo.AUTHENTICATED), "GET", "/api/v1/configmaps?limit=5000");
    assertThat(control.estimate(list).maxSeats()).isEqualTo(widest);
  }

  @ParameterizedTest
  @Tag("L-50")
  @ValueSource(ints = {1, 2, 7, 30, 599, 600})
  void everyLevelKeepsASeat(int total) {
    ManualTime time = new ManualTime();
    ApfFlowControl control = builtIn(time);

    control.resize(total);
    for (int i = 0; i < 50; i++) {
      Client.get(control, "ann", "/api/v1/namespaces/ns/pods/p"); // the other levels lend to hers
    }
    time.advance(Duration.ofSeconds(10));
    control.adjustBorrowing();

    List<LevelSnapshot> limited =
        control.snapshot().stream().filter(level -> !level.exempt()).toList();
    assertThat(limited).allMatch(level -> level.nominalLimit() >= 1 && level.currentLimit() >= 1);
    assertThat(control.seatUse().limits()).isLessThanOrEqualTo(total + limited.size());
  }

  @Test
  @Tag("L-43")
  void tellsHowSeatsAreUsed() {
    for (int i = 0; i < 3; i++) {
      server.send("ann");
    }
    assertThat(server.control.seatUse()).isEqualTo(new SeatUse(3, limits(), false));
    for (int i = 0; i < 30; i++) {
      server.send("bob");
    }

    SeatUse use = server.control.seatUse();

    assertThat(use.inUse()).isGreaterThan(3);
    assertThat(use.waiting()).isTrue();
  }

  private static ApfFlowControl builtIn(ManualTime time) {
    return ApfFlowControl.create(
        FlowControlSettings.of(600),
        FlowControlConfiguration.builtIn(),
        time,
        time,
        FlowMetrics.NONE);
  }

  @Test
  void refusesATotalThatIsNone() {
    assertThatThrownBy(() -> server.control.resize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seats in all are 0, must be at least 1");
  }
}
