package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgramLogTest {
  private final LoggerContext log = new LoggerContext();

  ProgramLogTest() {
    log.setMDCAdapter(new LogbackMDCAdapter());
  }

  /** What goes to standard error while something is logged, up to its end. */
  private String written(Runnable logging) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      ProgramLog.install(log);
      logging.run();
      log.stop();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void writesOneLineAnEventWithoutControlCharacters() {
    assertThat(written(() -> log.getLogger("io.apfproxy.Some").info("a{}b", "\n\u001b\u2028")))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Some: a\\?\\?\\?b\\R");
  }

  @Test
  void writesWhatFailedBelowItsLine() {
    Exception failure = new IllegalStateException("why");

    assertThat(written(() -> log.getLogger("x").error("that", failure)).lines())
        .hasSizeBetween(3, 60)
        .first()
        .asString()
        .endsWith("ERROR x: that");
  }

  @Test
  void keepsLibrariesQuietThatTellTooMuch() {
    assertThat(
            written(
                () -> {
                  log.getLogger("x").debug("nothing of it");
                  log.getLogger("io.fabric8.x").info("nothing of it");
                  log.getLogger("io.netty.handler.codec.http2.x").info("nothing of it");
                  log.getLogger("io.fabric8.kubernetes.client.informers.x").error("nothing of it");
                }))
        .isEmpty();
  }

  @Test
  void leavesTheLogToAFileThatIsThere() {
    assertThat(new ProgramLog().configure(log)) // that of the tests is
        .isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
    assertThat(log.getLogger("ROOT").iteratorForAppenders().hasNext()).isFalse();
  }
}
