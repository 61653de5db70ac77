package io.apfproxy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.time.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command before admin listeners that say what they are told to. V-05, V-40. */
class AdoptCommandIT {
  private static final Instant NOW = Instant.ofEpochSecond(10_000);
  private static final String BUSY =
      """
      # TYPE apf_proxy_enforced_percent gauge
      apf_proxy_enforced_percent{priority_level="calm"} 0.0
      apf_proxy_enforced_percent{priority_level="crowded"} 25.0
      apf_proxy_enforced_percent{priority_level="exempt"} 100.0
      apf_proxy_enforced_percent{priority_level="new"} 0.0
      apf_proxy_enforced_percent{priority_level="slow"} 0.0
      apf_proxy_shadow_rejected_requests_total{flow_schema="a",priority_level="calm",reason="queue-full"} 0.0
      apf_proxy_shadow_rejected_requests_total{flow_schema="c",priority_level="crowded",reason="queue-full"} 2.0
      apf_proxy_shadow_rejected_requests_total{flow_schema="c",priority_level="crowded",reason="time-out"} 1.0
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="a",priority_level="calm",le="0.0"} 600
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="a",priority_level="calm",le="0.1"} 600
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="a",priority_level="calm",le="+Inf"} 600
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="b",priority_level="calm",le="0.0"} 380
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="b",priority_level="calm",le="0.1"} 390
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="b",priority_level="calm",le="+Inf"} 400
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="c",priority_level="crowded",le="0.0"} 1997
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="c",priority_level="crowded",le="+Inf"} 1997
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="false",flow_schema="c",priority_level="crowded",le="0.0"} 3
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="false",flow_schema="c",priority_level="crowded",le="+Inf"} 3
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="n",priority_level="new",le="0.0"} 999
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="n",priority_level="new",le="+Inf"} 999
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="s",priority_level="slow",le="0.1"} 989
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="s",priority_level="slow",le="30.0"} 989
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="s",priority_level="slow",le="+Inf"} 1000
      process_cpu_usage NaN
      process_start_time_seconds %s
      """;
  private static final String LATER =
      """
      apf_proxy_enforced_percent{priority_level="crowded"} 0.0
      apf_proxy_shadow_rejected_requests_total{flow_schema="c",priority_level="crowded",reason="queue-full"} 4.0
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="c",priority_level="crowded",le="0.0"} 10
      apf_proxy_shadow_request_wait_duration_seconds_bucket{execute="true",flow_schema="c",priority_level="crowded",le="+Inf"} 10
      process_start_time_seconds 9.4E3
      """;

  private ToldListener listener;

  @BeforeEach
  void listen() throws IOException {
    listener = new ToldListener();
  }

  @AfterEach
  void stop() {
    listener.close();
  }

  private Output run(String... flags) throws Exception {
    List<String> line = new ArrayList<>(List.of("adopt", "--admin=" + listener.url));
    line.addAll(List.of(flags));
    return AdoptCommand.run(
        ((Command.Adopt) Command.parse(line, Map.of())).options(), ManualTime.at(NOW));
  }

  @Test
  void saysOfEachLevelWhatToDoAboutIt(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    listener.answers.add(BUSY.formatted("2800.5"));

    Output output = run("--token-file=" + token);

    assertThat(listener.asked).containsExactly("/metrics Bearer secret");
    assertThat(output.exitCode()).isZero();
    assertThat(output.text())
        .isEqualTo(
            """
            What would have happened to requests in shadow, since the start
            LEVEL       MODE  REQUESTS  WAIT P99  REFUSED  WATCHED  VERDICT
            calm      shadow      1000   <= 0.1s        0    1h59m  safe
            crowded      25%      2000        0s        3    1h59m  look: apf-proxy top --sort=would-refuse --window=10m names whom
            slow      shadow      1000     > 30s        0    1h59m  look: apf-proxy top --sort=would-wait --window=10m names whom
            new       shadow       999        0s        0    1h59m  quiet: watch longer
            exempt   enforce         0         -        0    1h59m  enforced
            kubectl annotate plc calm apf-proxy.io/enforcement=enforce --overwrite
            """);
  }

  @Test
  void callsNothingSafeInTheFirstTenMinutes() throws Exception {
    listener.answers.add(BUSY.formatted("9400.001"));
    assertThat(run().text()).doesNotContain("safe", "look").contains(" 9m  quiet");

    listener.answers.add(BUSY.formatted("9400.0"));
    assertThat(run().text()).contains(" 10m  safe");
  }

  @Test
  void addsUpSeveralProxiesAndCountsFromTheYoungest() throws Exception {
    listener.answers.add(BUSY.formatted("2800.0"));
    listener.answers.add(LATER);

    String text = run("--admin=" + listener.url, "--output=json").text();

    assertThat(text)
        .startsWith("{\"version\":1,\"levels\":[")
        .contains(
            "{\"level\":\"calm\",\"enforcedPercent\":0,\"requests\":1000,\"waitP99Seconds\":0.1,"
                + "\"refused\":0,\"watchedSeconds\":600,\"verdict\":\"safe\",\"command\":"
                + "\"kubectl annotate plc calm apf-proxy.io/enforcement=enforce --overwrite\"}",
            "{\"level\":\"crowded\",\"enforcedPercent\":0,\"requests\":2010,"
                + "\"waitP99Seconds\":0.0,\"refused\":7,\"watchedSeconds\":600,"
                + "\"verdict\":\"look\"}",
            "\"level\":\"slow\",\"enforcedPercent\":0,\"requests\":1000,\"waitP99Seconds\":null");
  }

  @Test
  void isNotContentWithPagesOfOthers() {
    listener.answers.add("process_start_time_seconds 1.0\n");
    assertThatThrownBy(this::run)
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--admin: %s answers no figures of levels, expected a proxy with priority and fairness",
            listener.url);
    assertThatThrownBy(this::run).hasMessage("--admin: %s answers 403: no more", listener.url);
  }
}
