package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import io.apfproxy.report.talkers.Talk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a line of a recording is, byte for byte. {@link RecordingTest} has what it may be. */
@Tag("V-56")
class RecordLineTest {
  private static final long ZERO_MICROS = 1_700_000_000_000_000L;

  @Test
  void ofAList() {
    Account list =
        Talk.of(
                1_234_567_891_234L,
                "system:serviceaccount:shop:ann",
                "GET",
                "/api/v1/namespaces/shop/pods?limit=500&resourceVersion=0&continue=abc&x=secret",
                "kubectl/v1.37.0")
            .into("global-default", "service-accounts", "shop")
            .waited(3)
            .moved(100, 4_000)
            .ended(1_234_577_021_697L);
    RecordEntry entry = RecordEntry.of(list, list.info(), false, list.endedAt());
    assertThat(Lines.text(new RecordLine(Naming.PLAIN, ZERO_MICROS), entry))
        .isEqualTo(
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\"id\","
                + "\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/namespaces/shop/pods?continue=x&limit=500&resourceVersion=0\","
                + "\"verb\":\"list\",\"user\":{\"username\":\"system:serviceaccount:shop:ann\",\"groups\":[\"system:authenticated\"]},"
                + "\"sourceIPs\":[\"192.0.2.1\"],\"userAgent\":\"kubectl/v1.37.0\","
                + "\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"shop\",\"apiVersion\":\"v1\"},"
                + "\"requestReceivedTimestamp\":\"2023-11-14T22:33:54.567891Z\",\"stageTimestamp\":\"2023-11-14T22:33:54.577021Z\","
                + "\"annotations\":{\"apf-proxy.io/schema\":\"service-accounts\",\"apf-proxy.io/level\":\"global-default\","
                + "\"apf-proxy.io/flow\":\"shop\",\"apf-proxy.io/received-nanos\":\"234\",\"apf-proxy.io/wait\":\"0s\",\"apf-proxy.io/held\":\"0s\","
                + "\"apf-proxy.io/bytes\":\"4100\"}}\n");
  }
}
