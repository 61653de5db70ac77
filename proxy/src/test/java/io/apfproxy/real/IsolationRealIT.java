package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The short form of {@link IsolationReport}. */
@Tag("alone")
@Tag("S52")
@Tag("S53")
@RealControlPlane
final class IsolationRealIT {
  private static final Logger log = LoggerFactory.getLogger(IsolationRealIT.class);

  @Test
  void refusesNoMouseAndStillServesTheElephant() {
    IsolationReport.Table table = IsolationReport.measure(Duration.ofSeconds(8));
    log.info("elephant and mouse:\n{}", table.text());

    assertThat(table.without().mouse().rejected()).as("the elephant is a threat").isPositive();
    assertThat(table.proxy().mouse().rejected()).isZero();
    assertThat(table.proxy().mouse().failures()).isZero();
    assertThat(table.proxy().listsPerSecond()).as("and is still served").isPositive();
  }
}
