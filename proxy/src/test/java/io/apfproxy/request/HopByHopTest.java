package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HopByHopTest {
  @Test
  void readsWhatAConnectionLineLists() {
    assertThat(HopByHop.options("Keep-Alive,\tX-Trace , close"))
        .containsExactly("keep-alive", "x-trace", "close");
    assertThat(HopByHop.options(" ,, ")).isEmpty();
    assertThat(HopByHop.options("")).isEmpty();
  }
}
