package io.apfproxy.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.recorded.LiveTraffic.Fate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings with hashed names. */
@Tag("V-57")
class HashedNamesTest {
  private static final int RUNS = Integer.getInteger("apf.record.runs", 5);
  private static final int REQUESTS = 400;

  @TempDir private Path folder;

  private static HashedNaming naming(int first) {
    byte[] key = Recorded.KEY.clone();
    key[0] = (byte) first;
    return new HashedNaming(key);
  }

  /** With one queue: which of several it is goes by the flow's name, and that is another one. */
  @Test
  void areDecidedAsThePlainOnes() throws Exception {
    Recorded recorded = new Recorded(folder);
    FlowControlConfiguration configuration = Recorded.configuration(1, 1);
    for (int seed = 0; seed < RUNS; seed++) {
      Path plain = recorded.folder("plain-" + seed);
      Path hashed = recorded.folder("hashed-" + seed);
      SortedMap<Long, Fate> live = recorded.record(configuration, seed, REQUESTS, plain, hashed);
      assertThat(Recorded.differences(live, recorded.replay(plain, configuration)))
          .as("plain, seed %d", seed)
          .isEmpty();
      FlowControlConfiguration alike = HashedConfiguration.of(configuration, naming(0));
      assertThat(Recorded.differences(live, recorded.replay(hashed, alike)))
          .as("hashed, seed %d", seed)
          .isEmpty();
      assertThat(Recorded.differences(live, recorded.replay(hashed, configuration)))
          .as("hashed before plain names, seed %d", seed)
          .isNotEmpty();
    }
  }

  @Test
  void nameNobody() throws Exception {
    Recorded recorded = new Recorded(folder);
    Path plain = recorded.folder("plain");
    Path hashed = recorded.folder("hashed");
    recorded.record(Recorded.configuration(1, 1), 1, REQUESTS, plain, hashed);
    assertThat(Recorded.text(plain))
        .contains("canary-ann", "canary-space", "canary-pod", "canary-uid", "192.0.2.77");
    assertThat(Recorded.text(hashed))
        .doesNotContain("canary", "192.0.2.77", "\"bob\"", "\"admin\"")
        .contains("\"impersonatedUser\"", "system:kube-scheduler", "system:masters");
  }

  @Test
  void areTheFirstSixteenDigitsOfAHash() {
    // echo -n alice | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…00 (64 digits)
    assertThat(naming(0).user("alice")).isEqualTo("ce3837f76a54a635");
    assertThat(naming(0).other("alice")).isEqualTo(naming(0).user("alice"));
    assertThat(naming(1).user("alice")).isNotEqualTo(naming(0).user("alice"));
    assertThat(naming(0).other("")).isEmpty();
  }

  @Test
  void keepKubernetesOwnButNotWhatStandsInThem() {
    HashedNaming naming = naming(0);
    String space = naming.other("space");
    String name = naming.other("name");
    assertThat(naming.user("system:anonymous")).isEqualTo("system:anonymous");
    assertThat(naming.user("system:serviceaccount:space:name"))
        .isEqualTo("system:serviceaccount:" + space + ":" + name);
    assertThat(naming.user("system:serviceaccount:name"))
        .isEqualTo("system:serviceaccount:" + name);
    assertThat(naming.user("system:node:name")).isEqualTo("system:node:" + name);
    assertThat(naming.group("system:serviceaccounts")).isEqualTo("system:serviceaccounts");
    assertThat(naming.group("system:serviceaccounts:space"))
        .isEqualTo("system:serviceaccounts:" + space);
    assertThat(naming.group("space")).isEqualTo(space);
    assertThat(naming.flow("name", "name")).isEqualTo(name);
    assertThat(naming.flow("system:node:name", "system:node:name"))
        .isEqualTo("system:node:" + name);
    assertThat(naming.flow("space", "name")).isEqualTo(space);
  }

  @Test
  void needAWholeKey() throws Exception {
    Path file = folder.resolve("key");
    Files.write(file, Recorded.KEY);
    assertThat(NamesKey.read(file)).isEqualTo(Recorded.KEY);
    for (String wrong : Stream.of("", "short", "a".repeat(33)).toList()) {
      Files.write(file, wrong.getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> NamesKey.read(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("bytes than 32");
    }
  }
}
