package io.apfproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No stranger stops it, no neighbour starves it: each {@link Attack} in turn on one proxy, while
 * {@link HonestClient} works on. None of its requests may be refused or stay unanswered, and the
 * heap must be what it was. What it takes in time is printed, and asserted with {@code
 * -Dapf.strict=true} only, as a busy machine has no say in it.
 *
 * <p>{@code -Dapf.stranger.seconds=10} lets each attack last longer, {@code
 * -Dapf.stranger.only=PINGS,SETTINGS} picks some, {@code -Dapf.stranger.flags=--a=1,--b=2} gives
 * the proxy more flags, of which the last one given of a name counts.
 */
@Tag("alone")
@Tag("S83")
@Tag("I7")
@Tag("I8")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangerIT {
  /** Its default, which other tests have no time for. */
  private static final String AS_EVER = "--warm-up=2s";

  /** Of 200 KiB. */
  static final String LARGE_LIST = "/api/v1/namespaces/large/configmaps";

  /** Takes the server a while. */
  static final String SLOW_LIST = "/api/v1/namespaces/slow/configmaps";

  /** Takes the server a second. */
  static final String SECOND = "/api/v1/namespaces/slow/configmaps/second";

  private static final String HONEST = "system:serviceaccount:shop:checkout";
  private static final String HONEST_TARGET = "/api/v1/namespaces/shop/configmaps/prices";

  /** Of the same level. */
  static final String UPLOADER = "system:serviceaccount:shop:uploader";

  private static final List<String> SERVICE_ACCOUNTS = List.of(HONEST, UPLOADER);
  private static final List<String> NEIGHBOURS = List.of("reader", "watcher", "rusher");
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("apf.stranger.seconds", 3));
  private static final Duration RECOVERY = Duration.ofSeconds(20);

  private final List<Outcome> outcomes = new ArrayList<>();
  @TempDir private static Path folder;
  private EmbeddedApiServer server;
  private @Nullable Victim victim;
  private int victims;

  @BeforeAll
  void startServer() throws IOException {
    EmbeddedApiServer.Builder builder =
        EmbeddedApiServer.builder(Files.createDirectory(folder.resolve("server")));
    SERVICE_ACCOUNTS.forEach(
        user -> builder.user(user, "system:serviceaccounts", "system:serviceaccounts:shop"));
    NEIGHBOURS.forEach(builder::user);
    server = builder.allow("system:authenticated", "*", "*").start();
    List<ObjectNode> objects = new ArrayList<>();
    for (String namespace : List.of("shop", "large", "slow")) {
      objects.add(object("Namespace", "", namespace));
    }
    objects.add(object("ConfigMap", "shop", "prices"));
    for (int i = 0; i < 40; i++) {
      ObjectNode large = object("ConfigMap", "large", "item-" + i);
      large.putObject("data").put("text", "x".repeat(5_000));
      objects.add(large);
    }
    server.create(objects);
    server.script().on("list", "/api/v1/namespaces/slow/.*").delay(Duration.ofMillis(300)).play();
    server.script().on("get", SECOND).delay(Duration.ofSeconds(1)).play();
    System.out.println(Outcome.HEAD);
  }

  @AfterAll
  void stop() {
    Victim last = victim;
    boolean stopped = last == null || last.stops();
    if (last != null) {
      last.close();
    }
    server.close();
    System.out.println(
        "\nhonest: 20 requests/s, times in ms; heap in MiB after a collection, before, at its end and after it");
    System.out.println(Outcome.HEAD);
    outcomes.forEach(outcome -> System.out.println(outcome.line()));
    assertThat(stopped).as("the proxy ends when it is asked to").isTrue();
  }

  static Stream<Attack> attacks() {
    String only = System.getProperty("apf.stranger.only", "");
    return only.isEmpty()
        ? Arrays.stream(Attack.values())
        : Arrays.stream(only.split(",", -1)).map(Attack::valueOf);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void leavesTheHonestClientAlone(Attack attack) throws Exception {
    Victim current = victim();

    Outcome outcome = play(attack, current);

    outcomes.add(outcome);
    System.out.println(outcome.line());
    List<String> faults = outcome.faults(Boolean.getBoolean("apf.strict"));
    if (!faults.isEmpty()) {
      replace(current); // the next attack is not to be blamed for this one
    }
    assertThat(faults).as(attack.title() + "\n" + tail(current)).isEmpty();
  }

  private Outcome play(Attack attack, Victim on) throws Exception {
    Map<String, String> tokens = new HashMap<>();
    NEIGHBOURS.forEach(user -> tokens.put(user, server.token(user)));
    tokens.put(UPLOADER, server.token(UPLOADER));
    OptionalLong before = on.heapUsed();
    int logged = on.logged();
    HonestClient honest = new HonestClient(on, HONEST_TARGET, server.token(HONEST));
    String address =
        attack.isFromNextDoor() ? HonestClient.ADDRESS : "127.0." + (10 + outcomes.size()) + ".1";
    Siege siege = new Siege(on, address, LENGTH, tokens);
    OptionalLong held;
    long resident;
    HonestClient.Answers answers;
    try (siege) {
      honest.start();
      attack.run(siege);
      resident = on.residentBytes();
      held = on.heapUsed();
    } finally {
      answers = honest.stop();
    }
    return new Outcome(
        attack,
        siege.connections(),
        siege.acts(),
        siege.answersOwed(),
        siege.lastRefusal(),
        answers,
        before,
        held,
        recovered(on, before),
        resident,
        on.blockedSince(logged),
        on.isAlive());
  }

  /** The heap when it is back where it was, or at the end of our patience. */
  private static OptionalLong recovered(Victim on, OptionalLong before)
      throws InterruptedException {
    long deadline = System.nanoTime() + RECOVERY.toNanos();
    OptionalLong now = on.heapUsed();
    while (!Outcome.isBack(before, now) && on.isAlive() && System.nanoTime() < deadline) {
      TimeUnit.SECONDS.sleep(1);
      now = on.heapUsed();
    }
    return now;
  }

  /** What a process does slowly the first time is no attack's doing. */
  private void warmUp(Victim fresh) throws InterruptedException {
    HonestClient first = new HonestClient(fresh, HONEST_TARGET, server.token(HONEST));
    first.start();
    TimeUnit.SECONDS.sleep(2);
    first.stop();
  }

  private Victim victim() throws IOException, InterruptedException {
    Victim current = victim;
    if (current == null) {
      Path own = Files.createDirectory(folder.resolve("victim-" + victims++));
      current = new Victim(own, server.adminKubeconfig(), server.caFile(), AS_EVER);
      victim = current;
      warmUp(current);
    }
    return current;
  }

  private void replace(Victim spent) {
    if (!spent.stops()) {
      System.out.println("  it does not end when it is asked to");
    }
    spent.close();
    victim = null;
  }

  private static String tail(Victim of) {
    List<String> lines = of.log().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }

  private static ObjectNode object(String kind, String namespace, String name) {
    ObjectNode object =
        JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", kind);
    ObjectNode meta = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    return object;
  }
}
