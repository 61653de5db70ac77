package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.child.ChildProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The whole harness runs, on tiny numbers. Its figures are not looked at. */
@EnabledOnOs(OS.LINUX)
class WholeIT {
  @TempDir Path out;

  @Test
  void measuresWhatIsInstalledAndSaysWhatIsNot() throws Exception {
    String tables =
        Whole.run(
            Settings.of(
                Path.of(ChildProxy.jar()),
                "rounds=1",
                "cold=2",
                "heat=0.3",
                "warm=0.5",
                "low=20",
                "high=40",
                "inflight=2",
                "lists=1",
                "watches=120",
                "flags=--warm-up=0s",
                "out=" + out));

    JsonNode all = new ObjectMapper().readTree(Files.readString(out.resolve("whole.json")));
    List<String> fronts = names(all.get("fronts"));
    assertThat(fronts).contains("direct", "apf-proxy");
    assertThat(all.get("warm")).hasSize(8 * fronts.size());
    assertThat(all.get("warm"))
        .allSatisfy(
            sample -> assertThat(sample.at("/figures/failed").asLong()).as("%s", sample).isZero());
    // of a closed loop the machine may be too slow to begin a request in that time
    assertThat(all.get("warm"))
        .filteredOn(sample -> sample.get("load").asText().endsWith("/s"))
        .hasSize(4 * fronts.size())
        .allSatisfy(
            sample ->
                assertThat(sample.at("/figures/requests").asLong()).as("%s", sample).isPositive());
    assertThat(all.get("starts")).hasSize(fronts.size() - 1);
    assertThat(all.get("fromReady")).hasSize(2 * (fronts.size() - 1));
    assertThat(all.get("idleWatches"))
        .hasSize(fronts.size() - 1)
        .allSatisfy(idle -> assertThat(idle.get("watches").asInt()).isEqualTo(120));
    assertThat(tables)
        .isEqualTo(Files.readString(out.resolve("whole.md")))
        .contains("| haproxy |", "| nginx |", "| apf-proxy |");
    if (!fronts.contains("haproxy")) {
      assertThat(tables).contains("* haproxy: not installed\n");
    }
    assertThat(out.resolve("p99.svg")).content().contains("<svg");
    assertThat(out.resolve("p99.png")).isNotEmptyFile();
  }

  private static List<String> names(JsonNode object) {
    return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
        .toList();
  }
}
