package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.timer.Timers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is out of memory ends, in a JVM without the flag for that. */
@Tag("S92")
class MemoryEndIT {
  @TempDir Path directory;

  /** What goes wrong in a process of its own: where and how it is told by the argument. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      MemoryEnd.watch();
      Vertx vertx = Transports.choose(ProxyOptions.Transport.AUTO).open(1);
      switch (arguments[0]) {
        case "heap-on-an-event-loop" -> vertx.runOnContext(now -> fillHeap());
        case "heap-in-a-task-of-netty" ->
            ((VertxInternal) vertx).nettyEventLoopGroup().execute(Victim::fillHeap);
        case "heap-in-a-thread" -> new Thread(Victim::fillHeap).start();
        case "heap-in-a-timer" -> new Timers("t").after(0, Victim::fillHeap);
        case "direct-on-an-event-loop" -> vertx.runOnContext(now -> fillDirectMemory());
        case "stack-on-an-event-loop" -> vertx.runOnContext(now -> recurse(0));
        default -> throw new IllegalArgumentException(arguments[0]);
      }
      // what limps on would end with 0
      TimeUnit.SECONDS.sleep(arguments[0].startsWith("stack") ? 1 : 20);
      System.exit(0);
    }

    @SuppressWarnings("ModifiedButNotUsed") // is meant
    private static void fillHeap() {
      List<byte[]> kept = new ArrayList<>();
      while (true) {
        kept.add(new byte[1 << 20]);
      }
    }

    @SuppressWarnings("ModifiedButNotUsed") // is meant
    private static void fillDirectMemory() {
      List<ByteBuf> kept = new ArrayList<>();
      while (true) {
        kept.add(Unpooled.directBuffer(1 << 20));
      }
    }

    @SuppressWarnings("InfiniteRecursion") // is meant
    private static int recurse(int depth) {
      return recurse(depth + 1) + 1;
    }
  }

  private int exitCode(String what) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:MaxDirectMemorySize=16m",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                what)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private String output() {
    try {
      return Files.readString(directory.resolve("out"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "heap-on-an-event-loop",
        "heap-in-a-task-of-netty",
        "heap-in-a-thread",
        "heap-in-a-timer",
        "direct-on-an-event-loop"
      })
  void endsAtOnceWithThree(String what) throws Exception {
    int code = exitCode(what);

    assertThat(code).as(output()).isEqualTo(3);
    assertThat(output()).contains("apf-proxy: out of memory, ending at once");
  }

  @Test
  void goesOnAfterAnErrorThatIsOneRequestsOwn() throws Exception {
    int code = exitCode("stack-on-an-event-loop");

    assertThat(code).as(output()).isZero();
  }
}
