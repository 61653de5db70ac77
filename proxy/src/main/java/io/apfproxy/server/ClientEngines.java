package io.apfproxy.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import io.apfproxy.upstream.EngineChoice;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/**
 * Chooses the TLS engine of each client connection by what came from its address before.
 * Thread-safe.
 */
final class ClientEngines implements EngineChoice {
  /*
   * Whether a client holds a certificate that BoringSSL does not ask for cannot be told from its
   * hello; not asked, it is silently anonymous, or ends the handshake. So who is not known meets the
   * JDK's engine, which asks for all that Go's asks for and costs three times as much, as often as
   * the machine can spare; who has shown something else meets BoringSSL. In a rush, when that budget
   * is spent, BoringSSL serves all; who then comes without credentials, or fails, is met by the JDK
   * the next time.
   */
  private static final int ADDRESSES = 10_000;
  private static final Duration MEMORY = Duration.ofHours(24);
  private static final int SPARED_PER_SECOND = 50;
  private static final int SPARED_AT_ONCE = 100;

  private enum Known {
    /** A token, or a certificate that BoringSSL asks for. */
    EVERYDAY,
    /** Nothing, or a failure, before BoringSSL. */
    SUSPECT,
    /** A certificate that BoringSSL does not ask for. */
    RARE
  }

  private final Cache<ClientAddress, Known> addresses =
      Caffeine.newBuilder()
          .maximumSize(ADDRESSES)
          .expireAfterAccess(MEMORY)
          .executor(Runnable::run)
          .build();
  private final TokenBuckets<Boolean> spared;
  private final ServerConfig.TlsEngine asked;

  ClientEngines(ServerConfig.TlsEngine asked, TimeSource time) {
    this.asked = asked;
    this.spared = new TokenBuckets<>(SPARED_PER_SECOND, SPARED_AT_ONCE, 1, time);
  }

  @Override
  public boolean needsJdk(String peer) {
    return switch (asked) {
      case JDK -> true;
      case BORINGSSL -> false;
      case AUTO -> {
        Known known = known(peer);
        yield known == Known.RARE
            || (known != Known.EVERYDAY && spared.take(Boolean.TRUE) == 0);
      }
    };
  }

  @Override
  public void failed(String peer, boolean byJdk, SSLException cause) {
    if (!byJdk) {
      learn(peer, Known.SUSPECT);
    }
  }

  /** Somebody from there showed a token, or a certificate of this kind. */
  void showed(String peer, boolean rareCertificate) {
    learn(peer, rareCertificate ? Known.RARE : Known.EVERYDAY);
  }

  /** Somebody from there showed nothing, asked by BoringSSL. */
  void showedNothing(String peer) {
    learn(peer, Known.SUSPECT);
  }

  private @Nullable Known known(String peer) {
    ClientAddress address = parse(peer);
    return address == null ? null : addresses.getIfPresent(address);
  }

  private void learn(String peer, Known now) {
    ClientAddress address = asked == ServerConfig.TlsEngine.AUTO ? parse(peer) : null;
    if (address != null) {
      Known before = addresses.getIfPresent(address);
      if (before == null || before.compareTo(now) < 0) {
        addresses.put(address, now);
      }
    }
  }

  private static @Nullable ClientAddress parse(String peer) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(peer);
    try {
      return bytes == null ? null : ClientAddress.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      return null; // neither 4 nor 16 bytes, which cannot be
    }
  }
}
