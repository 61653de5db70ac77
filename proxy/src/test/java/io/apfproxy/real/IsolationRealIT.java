package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.RealControlPlane;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The short form of {@link IsolationReport}. */
@Tag("alone")
@Tag("S52")
@Tag("S53")
@RealControlPlane
final class IsolationRealIT {
  @Test
  void refusesNoMouseAndStillServesTheElephant() throws Exception {
    IsolationFigures figures =
        IsolationReport.run(
            IsolationSettings.of("rows=none,30", "rounds=1", "seconds=8", "settle=2", "warm=8"));

    assertThat(figures.mouse("none").rejected()).as("the elephant is a threat").isPositive();
    assertThat(figures.mouse("30").rejected()).isZero();
    assertThat(figures.mouse("30").failures()).isZero();
    assertThat(figures.spread("30", IsolationFigures.Sample::listsPerSecond).least())
        .as("and is still served")
        .isPositive();
  }
}
