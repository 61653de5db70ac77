package io.apfproxy.attack;

import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Http1WireClient;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One attack under way: where it goes, how long it lasts, and what it keeps open. Closing it lets
 * everything go.
 */
final class Siege implements AutoCloseable {
  private static final Duration PAUSE_WHEN_REFUSED = Duration.ofMillis(20);

  /** How long the proxy may owe an answer. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Victim victim;
  private final String address;
  private final Duration length;
  private volatile long deadline;
  private final Map<String, String> tokens;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger acts = new AtomicInteger();
  private final AtomicInteger owed = new AtomicInteger();
  private volatile String lastRefusal = "";
  private final Queue<TlsClient> clients = new ConcurrentLinkedQueue<>();
  private final Queue<AutoCloseable> held = new ConcurrentLinkedQueue<>();

  /**
   * @param address of loopback that the attacker comes from
   * @param tokens by user
   */
  Siege(Victim victim, String address, Duration length, Map<String, String> tokens) {
    this.victim = victim;
    this.address = address;
    this.length = length;
    this.tokens = tokens;
  }

  /** One step of an attacker; thrown at when the proxy ends the connection, which is its right. */
  @FunctionalInterface
  interface Step {
    void take() throws IOException, InterruptedException;
  }

  /** Its time begins, once whatever it needs is made. */
  private void begin() {
    deadline = System.nanoTime() + length.toNanos();
  }

  /** Whether there is time for another step. */
  boolean goesOn() {
    return System.nanoTime() < deadline;
  }

  /** Has so many attackers repeat a step until the time is over. */
  void crew(int size, Step step) throws InterruptedException {
    crew(size, step, PATIENCE);
  }

  /** The same with a step that may hang for good when the proxy no longer reads. */
  void flood(int size, Step step) throws InterruptedException {
    crew(size, step, Duration.ofMillis(500));
  }

  private void crew(int size, Step step, Duration longer) throws InterruptedException {
    begin();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Thread thread = new Thread(() -> repeat(step), "attacker");
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      long left = deadline + longer.toNanos() - System.nanoTime();
      thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
    }
  }

  private void repeat(Step step) {
    while (goesOn()) {
      try {
        step.take();
        acted();
      } catch (IOException refused) {
        lastRefusal = String.valueOf(refused.getMessage());
        rest(PAUSE_WHEN_REFUSED);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Does nothing until the time is over. */
  void idle() {
    rest(length);
  }

  /** Does nothing for a while: attackers have a pace too, and this machine's CPU is the proxy's. */
  void rest(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Keeps something open until the end. */
  <T extends Closeable> T hold(T what) {
    connections.incrementAndGet();
    held.add(what);
    return what;
  }

  /** Counts a connection that its user closes. */
  void opened() {
    connections.incrementAndGet();
  }

  /** Counts something done in the middle of a step. */
  void acted() {
    acts.incrementAndGet();
  }

  /** Counts an answer that did not come in time although nothing was in its way. */
  void owed() {
    owed.incrementAndGet();
  }

  TlsClient client() {
    return client(null);
  }

  TlsClient client(@Nullable ClientChain chain) {
    return kept(new TlsClient(victim.port(), chain).from(address).timeout(PATIENCE).abrupt());
  }

  /** Has the connections of a client cut at the end. */
  TlsClient kept(TlsClient client) {
    clients.add(client);
    return client;
  }

  /** A new HTTP/1.1 client of one connection. */
  Http1WireClient http1(@Nullable ClientChain chain) {
    TlsClient tls = client(chain);
    Http1WireClient client =
        new Http1WireClient(
            URI.create("https://127.0.0.1:" + victim.port()),
            () -> {
              opened();
              return tls.connect();
            });
    held.add(client);
    return client;
  }

  /** A new HTTP/2 connection. */
  FrameConnection http2(Map<Integer, Integer> settings) throws IOException {
    FrameConnection connection = FrameConnection.open(client().protocols("h2"), settings);
    opened();
    held.add(connection);
    return connection;
  }

  String authorization(String user) {
    return "authorization: Bearer " + tokens.get(user);
  }

  String address() {
    return address;
  }

  int port() {
    return victim.port();
  }

  int adminPort() {
    return victim.adminPort();
  }

  int connections() {
    return connections.get();
  }

  int acts() {
    return acts.get();
  }

  /** How the proxy got rid of an attacker last; empty if it never did. */
  String lastRefusal() {
    return lastRefusal;
  }

  int answersOwed() {
    return owed.get();
  }

  @Override
  public void close() {
    clients.forEach(TlsClient::cut); // closing as TLS does could wait for the proxy
    for (AutoCloseable one : held) {
      try {
        one.close();
      } catch (Exception e) {
        // the proxy was first
      }
    }
  }
}
