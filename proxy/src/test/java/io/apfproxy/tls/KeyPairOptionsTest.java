package io.apfproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What it takes to hand a pair to TLS: no key is derived from a password, nothing is signed. */
class KeyPairOptionsTest {
  private final Asked asked = new Asked();

  /** Has nothing, and notes what kinds of algorithms are asked for. */
  private static final class Asked extends Provider {
    private static final long serialVersionUID = 1;
    private final transient Set<String> types = ConcurrentHashMap.newKeySet();

    Asked() {
      super("asked", "1", "notes what is asked for");
    }

    @Override
    public @Nullable Service getService(String type, String algorithm) {
      types.add(type);
      return null;
    }
  }

  @BeforeEach
  void listen() {
    Security.insertProviderAt(asked, 1);
  }

  @AfterEach
  void stopListening() {
    Security.removeProvider(asked.getName());
  }

  private static PemKeyPair pair() throws Exception {
    return new ThrowAwayAuthority("ca", Instant.now()).forServer("one", List.of("127.0.0.1"));
  }

  @Test
  void derivesNoKeyFromAPassword() throws Exception {
    PemKeyPair pair = pair();
    asked.types.clear();

    X509KeyManager keys =
        (X509KeyManager) new KeyPairOptions(pair).keyManagers().getKeyManagers()[0];

    assertThat(asked.types).contains("KeyStore").doesNotContain("SecretKeyFactory", "Mac");
    assertThat(keys.getPrivateKey("own")).isNotNull();
    assertThat(keys.getCertificateChain("own")).isNotEmpty();
  }

  /** That a pair belongs together was seen when it was read: a signature on a curve is dear. */
  @Test
  void signsNothing() throws Exception {
    PemKeyPair pair = pair();
    asked.types.clear();

    X509KeyManager keys =
        (X509KeyManager) new KeyPairOptions(pair).keyManagers().getKeyManagers()[0];

    assertThat(keys.getPrivateKey("own")).isNotNull();
    assertThat(asked.types).contains("KeyFactory").doesNotContain("Signature");
  }

  @Test
  void norDoStoresThatLibrariesMakeInTheProgram() throws Exception {
    String before = Security.getProperty("keystore.type");
    try {
      KeysInMemory.demand();

      assertThat(KeyStore.getInstance(KeyStore.getDefaultType()).getType())
          .isEqualToIgnoringCase(KeysInMemory.TYPE);
    } finally {
      Security.setProperty("keystore.type", before);
    }
  }
}
