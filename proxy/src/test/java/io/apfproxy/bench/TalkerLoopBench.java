package io.apfproxy.bench;

import io.apfproxy.app.AskedAgain;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What top talkers cost the whole proxy: as many requests as it answers clients that ask again at
 * once, with them and without, by turns. The ratio is printed, and how far those of single rounds
 * lie apart; the time that JMH prints says nothing. At least 0.98. Specification seeing.md V-15.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 1)
public class TalkerLoopBench {
  private static final int ROUNDS = 5;

  /** How long each of them is asked in each round. */
  @Param("4000")
  public int millis;

  private Path folder;
  private Vertx vertx;
  private EmbeddedApiServer upstream;
  private AskedAgain with;
  private AskedAgain without;

  /** Starts both before one upstream. */
  @Setup
  public void start() throws Exception {
    folder = Files.createTempDirectory("talker-loop-bench-");
    vertx = Vertx.vertx();
    upstream =
        EmbeddedApiServer.builder(Files.createDirectory(folder.resolve("upstream")))
            .user("alice")
            .allow("alice", "*", "*")
            .start();
    with = AskedAgain.start(vertx, upstream, Files.createDirectory(folder.resolve("with")));
    without =
        AskedAgain.start(
            vertx, upstream, Files.createDirectory(folder.resolve("without")), "--top-counters=0");
  }

  /** Ends all of it. */
  @TearDown
  public void stop() throws Exception {
    with.close();
    without.close();
    upstream.close();
    vertx.close().await(60, TimeUnit.SECONDS);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** By turns, each of the two first as often as the other, or once more. */
  @Benchmark
  public double[] alternate() throws Exception {
    double[] ratios = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      boolean first = i % 2 == 0;
      double one = (first ? with : without).perSecond(millis);
      double other = (first ? without : with).perSecond(millis);
      ratios[i] = first ? one / other : other / one;
    }
    List<Double> sorted = DoubleStream.of(ratios).sorted().boxed().toList();
    System.out.printf(
        "top talkers: throughput with them %.3f of that without (of %d rounds; %.3f to %.3f)%n",
        sorted.get(ROUNDS / 2), ROUNDS, sorted.get(0), sorted.get(ROUNDS - 1));
    return ratios;
  }
}
