package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownReportTest {
  private static final String LOAD = "h2, 500/s";
  private static final long MEBIBYTE = 1 << 20;

  private final Results results = new Results();

  @Test
  void showsMediansAndSpreadBesideHaproxyAndDirect() {
    results.present("direct", "nothing between");
    results.present("haproxy", "HAProxy 9");
    results.present("apf-proxy", "the jar");
    sample("direct", 1, 0, 0.5, 0);
    sample("haproxy", 1, 100, 0.7, 20);
    sample("haproxy", 2, 120, 0.7, 20);
    sample("haproxy", 3, 90, 0.7, 20);
    sample("apf-proxy", 1, 150, 0.6, 200);

    assertThat(text())
        .contains(
            "2026-01-02, a machine\n",
            "* haproxy: HAProxy 9\n",
            "| h2, 500/s | direct | – | – | 500 | 0.50 | – | 9.0 (9.0…9.0) | 20.0 | – | 1 |\n",
            "| h2, 500/s | haproxy | 100 (90…120) | 1.00 | 500 | 0.70 | +0.20 | 9.0 (9.0…9.0) | 20.0"
                + " | 20 | 3 |\n",
            "| h2, 500/s | apf-proxy | 150 (150…150) | 1.50 | 500 | 0.60 | +0.10 | 9.0 (9.0…9.0) |"
                + " 20.0 | 200 | 1 |\n");
  }

  @Test
  void saysWhyAFrontHasNoFigures() {
    results.present("apf-proxy", "the jar");
    results.absent("haproxy", "not installed");
    sample("apf-proxy", 1, 150, 0.6, 200);

    assertThat(text())
        .contains(
            "* haproxy: not installed\n",
            "| h2, 500/s | apf-proxy | 150 (150…150) | – | 500 | 0.60 | – |",
            "| h2, 500/s | haproxy | not installed |");
  }

  @Test
  void comparesTheFirstRequestsWithWarmOnes() {
    results.present("apf-proxy", "the jar");
    sample("apf-proxy", 1, 150, 0.6, 200);
    results.add(new Results.Start("apf-proxy", 1, 3.5, 4.25, 210 * MEBIBYTE, figures(1_500, 1)));

    assertThat(text())
        .contains(
            "| apf-proxy | 3.50 (3.50…3.50) | 4.25 | 210 | 5100 | 1500 (1500…1500) | 10.00 | 9.0"
                + " (9.0…9.0) | 1.00 |\n");
  }

  @Test
  void dividesWhatWatchesTakeByThoseThatOpened() {
    results.present("apf-proxy", "the jar");
    results.present("haproxy", "HAProxy 9");
    results.add(new Results.Idle("apf-proxy", 1, 1_024, 20 * MEBIBYTE, 10 * MEBIBYTE));
    results.add(new Results.Idle("haproxy", 1, 512, 2 * MEBIBYTE, null));

    assertThat(text())
        .contains(
            "| apf-proxy | 1024 | 20.0 (20.0…20.0) | 10.0 (10.0…10.0) |\n",
            "| haproxy | 512 | 4.0 (4.0…4.0) | – |\n");
  }

  private String text() {
    return new MarkdownReport(results, "2026-01-02, a machine", LOAD).text();
  }

  private void sample(String front, int round, double cpu, double p50, long mebibytes) {
    results.add(new Results.Sample(front, round, LOAD, figures(cpu, p50), mebibytes * MEBIBYTE));
  }

  private static Figures figures(double cpu, double p50) {
    return new Figures(5_100, 5_000, 1, 10, cpu, p50, 9, 20);
  }
}
