package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An end that hangs. */
class TerminationIT {
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(1);

  @TempDir Path directory;

  /** Ends only if somebody sees to it. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws InterruptedException {
      Termination termination = Termination.watch(Duration.ofSeconds(1));
      System.out.println("watches");
      termination.await();
      new CountDownLatch(1).await();
    }
  }

  @Tag("S94")
  @Test
  void endsAtOnceWhatHangsAndSaysWhere() throws Exception {
    Path out = directory.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      await()
          .atMost(LONG_ENOUGH)
          .untilAsserted(() -> assertThat(out).content().contains("watches"));

      process.destroy(); // SIGTERM

      assertThat(process.waitFor(LONG_ENOUGH.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(out)
          .content()
          .contains("no end within 1 s")
          .contains(Victim.class.getName() + ".main");
    } finally {
      process.destroyForcibly();
    }
  }
}
