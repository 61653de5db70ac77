package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ProbeGeneratorTest {
  private static final List<String> CALLERS = List.of("admin", "alice", "anonymous");
  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

  @Test
  void makesEqualRequestsOfEqualSeeds() {
    List<Probe> one = new ProbeGenerator(7, CALLERS).generate(500);
    List<Probe> same = new ProbeGenerator(7, CALLERS).generate(500);
    List<Probe> other = new ProbeGenerator(8, CALLERS).generate(500);

    assertThat(one).isEqualTo(same).isNotEqualTo(other);
  }

  @Test
  void sendsEveryShapeInARunOfAThousand() {
    List<Probe> probes = new ProbeGenerator(7, CALLERS).generate(1000);

    for (ProbeShape shape : ProbeShape.all()) {
      String until = shape.target().replaceAll("\\{.*", "");
      assertThat(probes)
          .as(shape.toString())
          .anyMatch(
              probe ->
                  probe.method().equals(shape.method())
                      && probe.target().startsWith(until)
                      && probe.headers().size() == shape.headers().size());
    }
  }

  @Test
  void asksForADryRunWhereverSomethingCouldChange() {
    assertThat(ProbeShape.all())
        .filteredOn(shape -> WRITES.contains(shape.method()))
        .allMatch(
            shape ->
                shape.target().contains("dryRun=All")
                    || shape.body().contains("\"dryRun\":[\"All\"]")
                    || shape.target().endsWith("reviews")
                    || shape.target().contains("absent")
                    || shape.target().contains("/proxy/")
                    || shape.target().matches(".*/(exec|attach|portforward)\\?.*"));
  }

  @Test
  void fillsEveryGap() {
    assertThat(new ProbeGenerator(7, CALLERS).generate(1000))
        .noneMatch(probe -> (probe.target() + probe.headers()).contains("{ns}"))
        .noneMatch(probe -> (probe.target() + probe.body()).matches(".*\\{[0-9]+\\*.*"));
  }
}
