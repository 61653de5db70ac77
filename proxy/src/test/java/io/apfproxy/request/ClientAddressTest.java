package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S14")
class ClientAddressTest {
  private static ClientAddress of(String text) {
    return ClientAddress.of(ClientAddress.parse(text).orElseThrow());
  }

  @Test
  void takesANetworkOf64BitsForOneAddress() {
    assertThat(of("2001:db8:1:2::1")).isEqualTo(of("2001:db8:1:2:ffff::%1"));
    assertThat(of("2001:db8:1:2::1")).isNotEqualTo(of("2001:db8:1:3::1"));
    assertThat(of("192.0.2.1")).isNotEqualTo(of("192.0.2.2")).isEqualTo(of("192.0.2.1"));
  }

  @Test
  void asksNoNameServer() {
    assertThat(ClientAddress.parse("localhost")).isEmpty();
    assertThat(ClientAddress.parse("")).isEmpty();
    assertThat(ClientAddress.parse("a:b:c")).isEmpty();
    assertThat(ClientAddress.parse("/run/socket")).isEmpty();
  }
}
