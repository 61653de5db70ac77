package io.apfproxy.authn.head;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.HeaderLines;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy before us says about where one request came from. kube-apiserver's audit takes the
 * addresses of {@code X-Forwarded-For}, then {@code X-Real-Ip}, then its own peer's. Source:
 * apimachinery, SourceIPs; specification security.md S21. Not thread-safe.
 */
final class SourceAddresses {
  /*
   * A proxy adds the address it was called from at the end of what it was sent, and what it was sent
   * may be made up. So the list is read from its end, for as long as the addresses are those of
   * proxies we trust; the first other one is the client, and what stands before it is its own claim.
   * X-Real-Ip counts where there is no such list.
   */
  private static final int MOST = 32;
  private static final int LONGEST_ADDRESS = 45;

  private final Predicate<String> trusted;
  private final boolean peerIsTrusted;
  private final List<String> chains = new ArrayList<>(0);
  private @Nullable String client;

  /**
   * @param trusted whether this address is one of a proxy that is believed
   */
  SourceAddresses(String peer, Predicate<String> trusted) {
    this.trusted = trusted;
    this.peerIsTrusted = trusted.test(peer);
  }

  boolean peerIsTrusted() {
    return peerIsTrusted;
  }

  /** A line of {@code X-Forwarded-For}; ignored from anybody else. */
  void addChain(String line) {
    if (peerIsTrusted) {
      chains.add(line);
    }
  }

  /** A line of {@code X-Real-Ip}, of which the first counts; ignored from anybody else. */
  void addClient(String line) {
    if (peerIsTrusted && client == null) {
      client = line.strip();
    }
  }

  /**
   * Where the request began, as far as proxies are believed; null if none of them was, or none said
   * so.
   */
  @Nullable InetAddress origin() {
    if (chains.isEmpty() && client == null) {
      return null;
    }
    Deque<String> believed = believedChain();
    String said = believed.isEmpty() ? client : believed.getFirst();
    return said == null || !isAddress(said) ? null : ClientAddress.parse(said).orElse(null);
  }

  /** Adds what is believed; our own peer's address is not in it. */
  void writeTo(HeaderLines headers) {
    if (chains.isEmpty() && client == null) {
      return;
    }
    Deque<String> believed = believedChain();
    String said = client;
    if (said != null && isAddress(said)) {
      if (believed.isEmpty()) {
        believed.add(said);
      }
      if (said.equals(believed.getFirst())) {
        headers.add("X-Real-Ip", said);
      }
    }
    if (!believed.isEmpty()) {
      headers.add("X-Forwarded-For", String.join(", ", believed));
    }
  }

  private Deque<String> believedChain() {
    Deque<String> believed = new ArrayDeque<>(2);
    for (int i = chains.size() - 1; i >= 0; i--) {
      String line = chains.get(i);
      int end = line.length();
      while (end >= 0) {
        int comma = line.lastIndexOf(',', end - 1);
        String address = line.substring(comma + 1, end).strip();
        if (!isAddress(address) || believed.size() == MOST) {
          return believed;
        }
        believed.addFirst(address);
        if (!trusted.test(address)) {
          return believed;
        }
        end = comma;
      }
    }
    return believed;
  }

  private static boolean isAddress(String text) {
    return text.length() <= LONGEST_ADDRESS
        && (NetUtil.isValidIpV4Address(text)
            || (NetUtil.isValidIpV6Address(text)
                && text.indexOf('[') < 0
                && text.indexOf('%') < 0));
  }
}
