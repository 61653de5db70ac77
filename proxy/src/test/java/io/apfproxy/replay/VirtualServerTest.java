package io.apfproxy.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.Figures;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Span;
import io.apfproxy.request.RequestTimeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Flow control in virtual time. */
@Tag("V-45")
class VirtualServerTest {
  private static final String POD = "/api/v1/namespaces/a/pods/b";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(100);
  private static final RequestTimeout MINUTE = new RequestTimeout(Duration.ofMinutes(1));

  private final Figures figures = new Figures(new Span(0, END.toNanos()), 1, null);

  private VirtualServer server(FlowControlConfiguration configuration) {
    return new VirtualServer(Terms.of(configuration, 1, MINUTE), figures);
  }

  private static void at(VirtualServer server, Duration when, Demand request) {
    server.at(when.toNanos(), Turn.ARRIVAL, turn -> server.arrive(request));
  }

  private LevelRow level() {
    return figures.outcome(10).levels().stream()
        .filter(row -> row.name().equals("only"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void waitsAsLongAsTheSeatIsTaken() {
    VirtualServer server = server(Configurations.queuing(10));
    for (int i = 0; i < 4; i++) {
      at(server, Duration.ZERO, Request.get("a", POD, SECOND));
    }
    server.runOut(END.toNanos());

    LevelRow level = level();
    assertThat(level.counts().waited()).isEqualTo(3);
    assertThat(level.counts().waitMax()).isEqualTo(Duration.ofSeconds(3).toNanos());
    assertThat(level.counts().seatSeconds()).isEqualTo(4);
    assertThat(level.meanSeats()).isEqualTo(0.04);
    assertThat(level.peakSeats()).isEqualTo(1);
  }

  @Test
  void letsResponsesEndBeforeRequestsComeAtTheSameInstant() {
    VirtualServer server = server(Configurations.queuing(10));
    at(server, SECOND, Request.get("a", POD, SECOND)); // put down first
    at(server, Duration.ZERO, Request.get("a", POD, SECOND));
    server.runOut(END.toNanos());

    assertThat(level().counts().waited()).isZero();
  }

  @Test
  void givesASeatThatComesBackToWhoseDeadlineIsAtTheSameInstant() {
    VirtualServer server = server(Configurations.queuing(10));
    Request lucky = Request.get("a", POD + "?timeout=4s", SECOND); // a quarter of it in a queue
    Request late = Request.get("a", POD + "?timeout=4s", SECOND);
    at(server, Duration.ZERO, Request.get("a", POD, SECOND));
    at(server, Duration.ZERO, lucky);
    at(server, Duration.ZERO, late);
    server.runOut(END.toNanos());

    assertThat(lucky.end()).isEqualTo(Demand.SERVED);
    assertThat(late.end()).isPositive();
    assertThat(level().counts().timeOut()).isEqualTo(1);
  }

  @Test
  @Tag("V-52")
  void comesAgainAfterItsRetryAfter() {
    VirtualServer server =
        new VirtualServer(
            new Terms(
                Configurations.ofOneLevel("{type: Reject}"), 1, MINUTE, 2, 0, 0, new TreeMap<>()),
            figures);
    Request lucky = Request.get("a", POD, Duration.ofSeconds(50));
    at(server, Duration.ZERO, Request.get("a", POD, Duration.ofMillis(1500)));
    at(server, Duration.ofMillis(100), lucky); // and after 1 s, and after another
    Request hopeless = Request.get("b", POD, SECOND);
    at(server, Duration.ofSeconds(10), hopeless);
    server.runOut(END.toNanos());

    Counts counts = level().counts();
    assertThat(lucky.end()).isEqualTo(Demand.SERVED);
    assertThat(hopeless.end()).isPositive();
    assertThat(counts.requests()).isEqualTo(3);
    assertThat(counts.waitMax()).isEqualTo(Duration.ofSeconds(2).toNanos());
    assertThat(counts.repeated()).isEqualTo(4);
    assertThat(counts.concurrencyLimit()).isEqualTo(1);
  }

  @Test
  @Tag("V-58")
  void servesMoreSlowlyBeyondItsCapacity() {
    Figures ofThree = new Figures(new Span(0, END.toNanos()), 3, null);
    VirtualServer server =
        new VirtualServer(
            new Terms(Configurations.queuing(10), 18, MINUTE, 0, 2, 0, new TreeMap<>()), ofThree);
    for (int i = 0; i < 3; i++) {
      at(server, Duration.ZERO, Request.get("a", POD, SECOND));
    }
    server.runOut(END.toNanos());

    double seatSeconds = ofThree.outcome(1).schemas().get(0).counts().seatSeconds();
    assertThat(seatSeconds).isEqualTo(3.5); // the third one takes half as long again
  }

  @Test
  void keepsSeatsAfterAWriteThatManyWatchersHearOf() {
    VirtualServer server = server(Configurations.queuing(100));
    for (int i = 0; i < 20; i++) {
      at(
          server,
          Duration.ZERO,
          Request.watch("w" + i, "/api/v1/pods", Duration.ofMillis(1), Duration.ofSeconds(50)));
    }
    at(server, Duration.ofSeconds(40), Request.of("PUT", "a", POD, Duration.ofMillis(1)));
    at(server, Duration.ofSeconds(50), Request.of("PUT", "a", POD, Duration.ofMillis(1)));
    server.runOut(END.toNanos());

    // 20 watchers are two seats for 5 ms, on the one seat there is; watches that are closed are
    // none
    assertThat(level().counts().seatSeconds()).isCloseTo(0.020 + 0.011 + 0.001, within(1e-9));
    assertThat(level().meanSeats() * 100).isCloseTo(0.032, within(1e-9));
  }

  @Test
  @Tag("V-49")
  void knowsHowManyObjectsThereAreForEver() {
    Figures long1 = new Figures(new Span(0, Duration.ofHours(3).toNanos()), 600, null);
    VirtualServer server =
        new VirtualServer(
            new Terms(
                FlowControlConfiguration.builtIn(),
                600,
                MINUTE,
                0,
                0,
                0,
                new TreeMap<>(Map.of("pods", new Terms.Stored(1_000, 500)))),
            long1);
    at(server, Duration.ofHours(2), Request.get("a", "/api/v1/pods", SECOND));
    server.runOut(Duration.ofHours(3).toNanos());

    assertThat(long1.outcome(1).flows().get(0).counts().seatSeconds()).isEqualTo(5); // 500 kB
  }

  @Test
  void losesNoRequestAndNoSeat() {
    SplittableRandom random = new SplittableRandom(45);
    Figures all = new Figures(new Span(0, Duration.ofMinutes(10).toNanos()), 40, null);
    VirtualServer server =
        new VirtualServer(
            new Terms(FlowControlConfiguration.builtIn(), 40, MINUTE, 1, 30, 0, new TreeMap<>()),
            all);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      String user = "user-" + random.nextInt(20);
      Duration service = Duration.ofNanos(random.nextLong(1, 200_000_000));
      Request request =
          switch (random.nextInt(4)) {
            case 0 -> Request.of("PUT", user, POD, service);
            case 1 ->
                Request.watch(user, "/api/v1/pods", service, Duration.ofMillis(random.nextInt(60)));
            default -> Request.get(user, POD, service);
          };
      requests.add(request);
      at(server, Duration.ofNanos(random.nextLong(60_000_000_000L)), request);
    }
    server.runOut(Duration.ofMinutes(10).toNanos());

    Outcome outcome = all.outcome(10);
    long refused = requests.stream().filter(request -> request.end() > 0).count();
    assertThat(requests).noneMatch(request -> request.end() == Request.OPEN);
    assertThat(outcome.requests()).isEqualTo(requests.size());
    assertThat(outcome.levels().stream().mapToLong(level -> level.counts().refused()).sum())
        .isEqualTo(refused)
        .isPositive();
    for (LevelRow level : outcome.levels()) {
      assertThat(level.counts().seatSeconds())
          .as(level.name())
          .isCloseTo(level.meanSeats() * outcome.seconds(), within(1e-6));
    }
    assertThat(outcome.flows().stream().mapToDouble(flow -> flow.counts().seatSeconds()).sum())
        .isCloseTo(
            outcome.levels().stream().mapToDouble(level -> level.counts().seatSeconds()).sum(),
            within(1e-6));
  }
}
