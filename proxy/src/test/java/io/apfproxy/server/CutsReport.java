package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The wire to the upstream is cut at random while objects are created: none is created twice, and
 * each whose creation is not acknowledged is reported. Run by name, as it takes as long as the
 * machine pleases: {@code -Dit.test=CutsReport -Dapf.cuts.posts=10000}.
 */
final class CutsReport extends ForwardingFixture {
  private static final int POSTS = Integer.getInteger("apf.cuts.posts", 300);
  private static final int CLIENTS = 8;

  /** One cut for so many creations that have begun. */
  private static final int EACH = 20;

  private static final int SEED = 85;
  private static final Duration LIMIT = Duration.ofSeconds(60 + POSTS / 5);

  private final Map<String, Integer> created = new ConcurrentHashMap<>();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> reported = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> ends = new ConcurrentHashMap<>();
  private final Random random = new Random(SEED);
  private final AtomicInteger begun = new AtomicInteger();

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void createsNothingTwiceAndReportsWhatWasNotAcknowledged(HttpVersion version) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::create, version);
        TcpRelay wire = new TcpRelay(upstream.port());
        TestProxy proxy = new TestProxy(vertx, wire.port())) {
      List<Future<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(postOnAndOn(proxy.client(HttpVersion.HTTP_1_1), wire));
      }
      await().atMost(LIMIT).until(() -> clients.stream().allMatch(Future::isComplete));
      clients.forEach(TestProxy::get);
      proxy.expectRest();
    }

    System.out.printf(
        "%s: %d creations begun, %d created, %d acknowledged, ends %s%n",
        version, begun.get(), created.size(), acknowledged.size(), ends);
    assertThat(created.values()).allMatch(times -> times == 1);
    assertThat(created.keySet()).containsAll(acknowledged);
    assertThat(acknowledged.size() + reported.size()).isEqualTo(begun.get());
    assertThat(ends).as("cuts before and after heads").containsKeys("201", "502");
  }

  /** Counts it once it is whole, and answers in two pieces. */
  private void create(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              created.merge(body.toString(), 1, Integer::sum);
              request.response().setStatusCode(201).setChunked(true).write("crea");
              request.response().end("ted");
            });
  }

  private Future<Void> postOnAndOn(HttpClient client, TcpRelay wire) {
    int number = begun.getAndIncrement();
    if (number >= POSTS) {
      begun.decrementAndGet();
      return Future.succeededFuture();
    }
    if (number % EACH == random.nextInt(EACH)) {
      wire.reset();
    }
    return post(client, "object-" + number).compose(done -> postOnAndOn(client, wire));
  }

  private Future<Void> post(HttpClient client, String name) {
    return client
        .request(HttpMethod.POST, "/api/v1/namespaces/shop/configmaps")
        .compose(
            request ->
                request
                    .send(name)
                    .compose(
                        answer ->
                            answer
                                .body()
                                .map(
                                    body ->
                                        answer.statusCode() == 201
                                                && body.toString().equals("created")
                                            ? "201"
                                            : answer.statusCode() == 201
                                                ? "short"
                                                : "" + answer.statusCode())))
        .otherwise(cut -> "cut off")
        .map(
            end -> {
              ends.merge(end, 1, Integer::sum);
              (end.equals("201") ? acknowledged : reported).add(name);
              return null;
            });
  }
}
