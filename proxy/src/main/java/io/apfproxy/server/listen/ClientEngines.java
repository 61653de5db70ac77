package io.apfproxy.server.listen;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.Pace;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.EngineChoice;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the TLS engine of each client connection by what came from its address before.
 * Thread-safe.
 */
public final class ClientEngines implements EngineChoice {
  /*
   * Whether a client holds a certificate that BoringSSL does not ask for cannot be told from its
   * hello; not asked, it is silently anonymous, or ends the handshake. So who is not known meets the
   * JDK's engine, which asks for all that Go's asks for and costs three times as much, as often as
   * the machine can spare; who has shown something else meets BoringSSL. In a rush, when that budget
   * is spent, BoringSSL serves all; who then comes without credentials, or fails, is met by the JDK
   * the next time. Each address has a budget of its own, so that none spends what all have; those
   * that failed before have another total than those that are new. Only a certificate that was
   * believed is always served by the JDK: anybody can make one that is not.
   */
  private static final int ADDRESSES = 10_000;
  private static final Duration MEMORY = Duration.ofHours(24);

  /** For all that are new, and for all that are suspect. */
  private static final int SPARED_PER_SECOND = 25;

  private static final int SPARED_AT_ONCE = 50;
  private static final int SPARED_PER_SECOND_AND_ADDRESS = 5;
  private static final int SPARED_AT_ONCE_AND_ADDRESS = 20;

  private enum Known {
    /** A token, or a certificate that BoringSSL asks for. */
    EVERYDAY,
    /** Nothing before BoringSSL, a failure, or a rare certificate that nobody believed so far. */
    SUSPECT,
    /** A certificate that BoringSSL does not ask for, and that was believed. */
    RARE
  }

  private final Cache<ClientAddress, Known> addresses =
      Caffeine.newBuilder()
          .maximumSize(ADDRESSES)
          .expireAfterAccess(MEMORY)
          .executor(Runnable::run)
          .build();
  private final KeyTable sparedForAddress;
  private final KeyTable sparedForNew;
  private final KeyTable sparedForSuspects;
  private final TimeSource time;
  private final ServerConfig.TlsEngine asked;

  public ClientEngines(ServerConfig.TlsEngine asked, TimeSource time) {
    this.asked = asked;
    this.time = time;
    long now = time.nanoTime();
    Pace ofAddress = Pace.perSecond(SPARED_PER_SECOND_AND_ADDRESS, SPARED_AT_ONCE_AND_ADDRESS);
    Pace ofAll = Pace.perSecond(SPARED_PER_SECOND, SPARED_AT_ONCE);
    this.sparedForAddress = new KeyTable(ADDRESSES, ofAddress, now);
    this.sparedForNew = new KeyTable(0, ofAll, now);
    this.sparedForSuspects = new KeyTable(0, ofAll, now);
  }

  @Override
  public boolean needsJdk(String peer) {
    return switch (asked) {
      case JDK -> true;
      case BORINGSSL -> false;
      case AUTO -> {
        ClientAddress address = parse(peer);
        yield address == null ? isTaken(sparedForNew, 0) : needsJdk(address);
      }
    };
  }

  private boolean needsJdk(ClientAddress address) {
    Known known = addresses.getIfPresent(address);
    return known == Known.RARE
        || (known != Known.EVERYDAY
            && isTaken(sparedForAddress, KeyHash.of(address.ipv6() ? 6 : 4, address.bits()))
            && isTaken(known == Known.SUSPECT ? sparedForSuspects : sparedForNew, 0));
  }

  private boolean isTaken(KeyTable budget, long key) {
    return budget.take(key, time.nanoTime(), 1, 0) == 0;
  }

  @Override
  public void failed(String peer, boolean byJdk, SSLException cause) {
    learn(peer, Known.SUSPECT);
  }

  /** Somebody from there showed a token, or a certificate of this kind; a rare one was believed. */
  void showed(String peer, boolean rareCertificate) {
    learn(peer, rareCertificate ? Known.RARE : Known.EVERYDAY);
  }

  /** Somebody from there showed nothing, asked by BoringSSL. */
  void showedNothing(String peer) {
    learn(peer, Known.SUSPECT);
  }

  /** Somebody from there showed a rare certificate that need not be worth anything. */
  void showedUnproven(String peer) {
    learn(peer, Known.SUSPECT);
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
