package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.recorded.HashedNaming;
import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.WorkInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of a recording. */
@Tag("V-56")
class RecordingTest {
  private static final long MILLI = 1_000_000;
  private static final UserInfo ALICE =
      new UserInfo("alice", "u-1", List.of("devs", "system:authenticated"), Map.of());

  @TempDir private Path folder;
  private final ManualTime time = ManualTime.at(Instant.parse("2026-11-28T10:00:00Z"));

  /** A place and its seats: it came 2 ms after the start, waited 3 ms, needed them for 10 ms. */
  private record Seats(WorkInputs inputs, int width) implements Admission, SeatLease {
    @Override
    public Classification classification() {
      return new Classification("schema", "uid", "level", "uid", "alice");
    }

    @Override
    public boolean isWaiting() {
      return false;
    }

    @Override
    public boolean cancel() {
      return false;
    }

    @Override
    public void crowdOut() {}

    @Override
    public long arrivedAt() {
      return 2 * MILLI;
    }

    @Override
    public int seats() {
      return width;
    }

    @Override
    public long seatNanos() {
      return 0;
    }

    @Override
    public long waitedNanos() {
      return 3 * MILLI;
    }

    @Override
    public long heldNanos() {
      return 10 * MILLI + 1;
    }

    @Override
    public boolean isHeld() {
      return false;
    }

    @Override
    public boolean isAwaited() {
      return false;
    }

    @Override
    public void watchInitialised() {}

    @Override
    public void close() {}
  }

  private static RequestInfo info(String method, String target) {
    try {
      return RequestInfoParser.parse(method, RequestTarget.parse(target));
    } catch (RefusedException e) {
      throw new AssertionError(e);
    }
  }

  private static Account account(String id, String method, String target, UserInfo user) {
    Account account = new Account(MILLI, id, "192.0.2.1", method, target, "kubectl/v1.35.0");
    RequestInfo info = info(method, target);
    account.understood(info);
    account.identified(user, "pass-through", new RequestDigest(info, user, ""), 2 * MILLI);
    return account;
  }

  private static Account served(Account account, WorkInputs inputs, int width) {
    Seats seats = new Seats(inputs, width);
    account.admitted(seats);
    account.seated(seats);
    account.answered(200, 14 * MILLI);
    account.ended(20 * MILLI + 1_500);
    return account;
  }

  private List<JsonNode> recorded(Naming naming, Consumer<Recording> told) throws IOException {
    try (Recording recording =
        Recording.open(new Recording.Place(folder, "a", 1 << 20, 100), naming, time)) {
      told.accept(recording);
      assertThat(recording.dropped()).isZero();
    }
    List<JsonNode> lines = new ArrayList<>();
    for (String line : lines()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    lines.forEach(AuditSchema::check);
    return lines;
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  @Test
  void areEventsOfAnAuditLog() throws Exception {
    WorkInputs inputs =
        new WorkInputs(new ObjectReading(ObjectReading.State.FRESH, 5_000, 2_048), 0, 700_000);
    Account list = account("id", "GET", "/api/v1/namespaces/n/pods?limit=500&continue=c", ALICE);
    recorded(Naming.PLAIN, recording -> recording.ended(served(list, inputs, 7)));
    assertThat(lines())
        .containsExactly(
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\","
                + "\"auditID\":\"id\",\"stage\":\"ResponseComplete\","
                + "\"requestURI\":\"/api/v1/namespaces/n/pods?continue=x&limit=500\",\"verb\":\"list\","
                + "\"user\":{\"username\":\"alice\",\"uid\":\"u-1\",\"groups\":[\"devs\",\"system:authenticated\"]},"
                + "\"sourceIPs\":[\"192.0.2.1\"],\"userAgent\":\"kubectl/v1.35.0\","
                + "\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"n\",\"apiVersion\":\"v1\"},"
                + "\"responseStatus\":{\"metadata\":{},\"code\":200},"
                + "\"requestReceivedTimestamp\":\"2026-11-28T10:00:00.002000Z\","
                + "\"stageTimestamp\":\"2026-11-28T10:00:00.020001Z\","
                + "\"annotations\":{\"apf-proxy.io/schema\":\"schema\",\"apf-proxy.io/level\":\"level\","
                + "\"apf-proxy.io/flow\":\"alice\",\"apf-proxy.io/seats\":\"7\","
                + "\"apf-proxy.io/wait\":\"3ms\",\"apf-proxy.io/held\":\"10.000001ms\","
                + "\"apf-proxy.io/bytes\":\"0\",\"apf-proxy.io/objects\":\"5000/2048\","
                + "\"apf-proxy.io/learned-bytes\":\"700000\"}}");
  }

  @Test
  void tellOfAWatchTwiceUnderOneArrival() throws Exception {
    Account watch = account("id", "GET", "/api/v1/pods?watch=1", ALICE);
    List<JsonNode> lines =
        recorded(
            Naming.PLAIN,
            recording -> {
              served(watch, WorkInputs.NONE, 1);
              time.advance(Duration.ofNanos(15 * MILLI));
              recording.initialised(watch);
              watch.ended(900 * MILLI);
              recording.ended(watch);
            });
    assertThat(lines)
        .extracting(line -> line.path("stage").asText())
        .containsExactly("ResponseStarted", "ResponseComplete");
    assertThat(lines)
        .allMatch(
            line ->
                line.path("requestReceivedTimestamp")
                    .asText()
                    .equals("2026-11-28T10:00:00.002000Z"));
    assertThat(lines.get(0).path("stageTimestamp").asText()).endsWith("00.015000Z");
    assertThat(lines.get(1).path("stageTimestamp").asText()).endsWith("00.900000Z");
  }

  @Test
  void tellOfWritesRefusalsAndThoseWhoAskAsOthers() throws Exception {
    Account write = account("write", "PUT", "/api/v1/namespaces/n/pods/p", ALICE);
    Account refused = account("refused", "GET", "/api/v1/pods", ALICE);
    refused.admitted(new Seats(WorkInputs.NONE, 3));
    refused.refused(new RefusedException(429, "TooManyRequests", "queue-full", "full"));
    refused.answered(429, 5 * MILLI);
    refused.ended(5 * MILLI);
    Account as = new Account(MILLI, "as", "192.0.2.1", "GET", "/healthz", null);
    RequestInfo health = info("GET", "/healthz");
    as.understood(health);
    as.identified(
        ALICE, "impersonation", new RequestDigest(health, UserInfo.of("bob", "ops"), ""), MILLI);
    as.left();
    as.ended(3 * MILLI);
    Account unknown = new Account(MILLI, "unknown", "192.0.2.1", "TRACE", "/api/v1/pods", null);
    unknown.understood(info("TRACE", "/api/v1/pods"));
    unknown.refused(new RefusedException(401, "Unauthorized", "token", "who?"));
    unknown.answered(401, 2 * MILLI);
    unknown.ended(2 * MILLI);
    List<JsonNode> lines =
        recorded(
            Naming.PLAIN,
            recording -> {
              recording.ended(served(write, new WorkInputs(ObjectReading.NOT_TRACKED, 31, -1), 4));
              recording.ended(refused);
              recording.ended(as);
              recording.ended(unknown);
            });
    assertThat(lines.get(0).path("annotations").path("apf-proxy.io/watchers").asText())
        .isEqualTo("31");
    JsonNode why = lines.get(1).path("annotations");
    assertThat(why.path("apf-proxy.io/refused").asText()).isEqualTo("queue-full");
    assertThat(why.path("apf-proxy.io/wait").asText()).isEqualTo("3ms");
    assertThat(why.path("apf-proxy.io/seats").asText()).isEqualTo("3");
    assertThat(why.has("apf-proxy.io/held")).isFalse();
    assertThat(lines.get(2).path("user").path("username").asText()).isEqualTo("alice");
    assertThat(lines.get(2).path("impersonatedUser").path("username").asText()).isEqualTo("bob");
    assertThat(lines.get(2).has("responseStatus")).as("nobody was answered").isFalse();
    assertThat(lines.get(3).path("verb").asText()).isEqualTo("trace");
    assertThat(lines.get(3).path("user").isEmpty()).isTrue();
  }

  @Test
  @Tag("V-57")
  void nameNobodyWhereNamesAreHashed() throws Exception {
    HashedNaming naming = new HashedNaming(new byte[HashedNaming.KEY_BYTES]);
    Account write = account("write", "PUT", "/api/v1/namespaces/space/pods/name", ALICE);
    JsonNode line =
        recorded(naming, recording -> recording.ended(served(write, WorkInputs.NONE, 1))).get(0);
    String space = naming.other("space");
    assertThat(line.path("requestURI").asText())
        .isEqualTo("/api/v1/namespaces/" + space + "/pods/x");
    assertThat(line.path("objectRef").path("namespace").asText()).isEqualTo(space);
    assertThat(line.path("objectRef").path("name").asText()).isEqualTo("x");
    assertThat(line.path("annotations").path("apf-proxy.io/flow").asText())
        .isEqualTo(naming.user("alice"));
    assertThat(line.toString()).doesNotContain("alice", "u-1", "devs", "space/", "192.0.2.1");
  }

  @Test
  void areNotMadeOfWhatNobodyCouldRead() throws Exception {
    Account unread = new Account(MILLI, "id", "192.0.2.1", "GET", "/%", null);
    unread.ended(2 * MILLI);
    assertThat(recorded(Naming.PLAIN, recording -> recording.ended(unread))).isEmpty();
  }

  @Test
  @Tag("S97")
  void areLostAndCountedWhereAClientMakesThemTooLong() throws Exception {
    UserInfo many =
        UserInfo.of(
            "many", IntStream.range(0, 1_000).mapToObj(i -> "g" + i).toArray(String[]::new));
    UserInfo some =
        UserInfo.of(
            "some", IntStream.range(0, 300).mapToObj(i -> "group-" + i).toArray(String[]::new));
    String most = "/" + "a".repeat((4 << 10) - 1);
    try (Recording recording =
        Recording.open(new Recording.Place(folder, "a", 1 << 20, 1), Naming.PLAIN, time)) {
      recording.ended(served(account("1", "GET", most + "a", ALICE), WorkInputs.NONE, 1));
      recording.ended(served(account("2", "GET", "/api", many), WorkInputs.NONE, 1));
      recording.ended(
          served(account("3", "GET", "/", UserInfo.of("u".repeat(17 << 10))), WorkInputs.NONE, 1));
      recording.ended(served(account("4", "M".repeat(65), "/", ALICE), WorkInputs.NONE, 1));
      assertThat(recording.dropped()).isEqualTo(4);
      recording.ended(served(account("5", "GET", most, some), WorkInputs.NONE, 1));
      assertThat(recording.dropped()).isEqualTo(4);
    }
    assertThat(lines()).hasSize(1).allMatch(line -> line.contains("group-299"));
  }

  /** As fast as four threads can, which is far faster than it is written: some must be lost. */
  @Test
  @Tag("S97")
  void areWrittenOrCounted() throws Exception {
    int each = 25_000;
    int threads = 4;
    long dropped;
    CountDownLatch begin = new CountDownLatch(1);
    ExecutorService clients = Executors.newFixedThreadPool(threads);
    try (Recording recording =
        Recording.open(new Recording.Place(folder, "a", 1 << 20, 1_000), Naming.PLAIN, time)) {
      for (int thread = 0; thread < threads; thread++) {
        String name = thread + "-";
        clients.execute(
            () -> {
              awaitQuietly(begin);
              for (int i = 0; i < each; i++) {
                recording.ended(
                    served(account(name + i, "GET", "/api/v1/pods", ALICE), WorkInputs.NONE, 1));
              }
            });
      }
      begin.countDown();
      clients.shutdown();
      assertThat(clients.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
      while (recording.waiting() > 0) {
        Thread.onSpinWait();
      }
      dropped = recording.dropped();
    }
    Set<String> ids = new HashSet<>();
    ObjectMapper mapper = new ObjectMapper();
    for (String line : lines()) {
      assertThat(ids.add(mapper.readTree(line).path("auditID").asText())).isTrue();
    }
    assertThat(ids.size() + dropped).isEqualTo((long) threads * each);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.count()).as("files").isGreaterThan(1);
    }
    System.out.printf("recording: %d written, %d counted as lost%n", ids.size(), dropped);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
