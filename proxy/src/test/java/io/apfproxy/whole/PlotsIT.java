package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotsIT {
  @TempDir Path folder;

  private final Results results = new Results();

  @Test
  void drawsFromReadyOnAndWarm() throws IOException {
    for (String front : new String[] {"haproxy", "apf-proxy"}) {
      results.present(front, "");
      for (int second = 0; second < 3; second++) {
        results.add(new Results.Moment(front, 1, second, figures(1_000 >> second)));
      }
      results.add(new Results.Sample(front, 1, "h2, 500/s", figures(100), 0));
    }

    new Plots(results, folder).write();

    for (String picture : new String[] {"start-cpu", "start-p99", "cpu", "p99"}) {
      assertThat(Files.readString(folder.resolve(picture + ".svg"))).contains("<svg", "<path");
      assertThat(folder.resolve(picture + ".png")).isNotEmptyFile();
    }
  }

  @Test
  void drawsNothingOfNothing() throws IOException {
    new Plots(results, folder).write();

    assertThat(folder).isEmptyDirectory();
  }

  private static Figures figures(double value) {
    return new Figures(500, 500, 0, 1, value, 1, value, value);
  }
}
