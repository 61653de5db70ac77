package io.apfproxy.limit;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.KeyHash;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What has a bucket of its own. Immutable, thread-safe. Source: specification limits.md L-14 to
 * L-17.
 */
final class LimitKey {
  static final String ALL_TOGETHER = "all together";
  static final String AND = " and ";

  /** Of an agent's name. */
  private static final int LONGEST_AGENT = 64;

  /** Bytes of an address of IPv6 that count. */
  private static final int NETWORK_BYTES = 8;

  private enum Part {
    USER,
    GROUP,
    NAMESPACE,
    USER_AGENT,
    SOURCE_ADDRESS;

    static Part of(String name) {
      return switch (name) {
        case RateLimit.USER -> USER;
        case RateLimit.GROUP -> GROUP;
        case RateLimit.NAMESPACE -> NAMESPACE;
        case RateLimit.USER_AGENT -> USER_AGENT;
        case RateLimit.SOURCE_ADDRESS -> SOURCE_ADDRESS;
        default -> throw new IllegalArgumentException("key by " + name);
      };
    }
  }

  private final List<String> by;
  private final Part[] parts;
  private final String groupPrefix;
  private final int most;
  private final boolean invented;
  private final Predicate<InetAddress> unlimited;

  /**
   * @param key null if all requests share one bucket
   * @param unlimited addresses that are nobody's key
   */
  LimitKey(RateLimit.@Nullable Key key, Predicate<InetAddress> unlimited) {
    this.by = key == null ? List.of() : key.by();
    this.parts = by.stream().map(Part::of).toArray(Part[]::new);
    this.groupPrefix = key == null ? "" : key.groupPrefix();
    this.most = key == null || parts.length == 0 ? 0 : key.max();
    this.invented = by.contains(RateLimit.NAMESPACE) || by.contains(RateLimit.USER_AGENT);
    this.unlimited = unlimited;
  }

  /** Whether both have the same buckets; how many of them are remembered is another matter. */
  boolean tellsApartAs(LimitKey other) {
    return Arrays.equals(parts, other.parts) && groupPrefix.equals(other.groupPrefix);
  }

  /** Keys that are remembered; 0 if all requests share one bucket. */
  int most() {
    return most;
  }

  /** Whether who asks can have as many as he likes: he writes them into his requests. */
  boolean isInvented() {
    return invented;
  }

  /**
   * Adds that of a request.
   *
   * @return whether it has one; if not, the limit does not concern it
   */
  boolean addTo(KeyHash hash, Asked asked, UserInfo user) {
    for (Part part : parts) {
      if (!add(part, hash, asked, user)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Adds that of a request of which nothing is known but what is asked, and who asks.
   *
   * @return whether it has one that can be told from that
   */
  boolean addTo(KeyHash hash, RequestDigest digest) {
    for (Part part : parts) {
      if (part == Part.USER_AGENT
          || part == Part.SOURCE_ADDRESS
          || !add(part, hash, digest.info(), digest.user())) {
        return false;
      }
    }
    return true;
  }

  /** That of a request that has one, in words. */
  String text(Asked asked) {
    return by.isEmpty()
        ? ALL_TOGETHER
        : by.stream().map(part -> text(part, asked)).collect(Collectors.joining(AND));
  }

  private String text(String part, Asked asked) {
    return switch (part) {
      case RateLimit.USER_AGENT ->
          "program " + asked.userAgent().substring(0, nameLength(asked.userAgent()));
      case RateLimit.SOURCE_ADDRESS -> "address " + network(asked.origin());
      default -> text(part, groupPrefix, asked.digest());
    };
  }

  /** A part that is no agent or address, in words. */
  static String text(String part, String groupPrefix, RequestDigest digest) {
    return switch (part) {
      case RateLimit.USER -> "user " + digest.user().name();
      case RateLimit.GROUP -> "group " + group(digest.user(), groupPrefix);
      case RateLimit.NAMESPACE ->
          digest.info().namespace().isEmpty()
              ? "no namespace"
              : "namespace " + digest.info().namespace();
      default -> throw new IllegalArgumentException("key by " + part);
    };
  }

  /** As {@link ClientAddress} tells them apart. */
  private static String network(@Nullable InetAddress peer) {
    if (!(peer instanceof Inet6Address)) {
      return peer == null ? "-" : peer.getHostAddress();
    }
    byte[] bytes =
        Arrays.copyOf(Arrays.copyOf(peer.getAddress(), NETWORK_BYTES), 2 * NETWORK_BYTES);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes", e);
    }
  }

  private boolean add(Part part, KeyHash hash, Asked asked, UserInfo user) {
    switch (part) {
      case USER_AGENT -> hash.add(asked.userAgent(), nameLength(asked.userAgent()));
      case SOURCE_ADDRESS -> {
        InetAddress origin = asked.origin();
        if (origin == null || unlimited.test(origin)) {
          return false;
        }
        ClientAddress address = ClientAddress.of(origin);
        hash.add(address.ipv6() ? 6 : 4).add(address.bits());
      }
      default -> {
        return add(part, hash, asked.info(), user);
      }
    }
    return true;
  }

  private boolean add(Part part, KeyHash hash, RequestInfo info, UserInfo user) {
    switch (part) {
      case USER -> hash.add(user.name());
      case NAMESPACE -> hash.add(info.namespace());
      case GROUP -> {
        String group = group(user, groupPrefix);
        if (group == null) {
          return false;
        }
        hash.add(group);
      }
      default -> throw new IllegalStateException("key by " + part);
    }
    return true;
  }

  /** Up to the version, or whatever follows the program. */
  private static int nameLength(String agent) {
    int length = Math.min(agent.length(), LONGEST_AGENT);
    for (int i = 0; i < length; i++) {
      if (agent.charAt(i) == '/' || agent.charAt(i) == ' ') {
        return i;
      }
    }
    return length;
  }

  /** The first of the user's groups that begins with the prefix and is longer; null if none is. */
  static @Nullable String group(UserInfo user, String groupPrefix) {
    String first = null;
    for (int i = 0; i < user.groups().size(); i++) {
      String group = user.groups().get(i);
      if (group.length() > groupPrefix.length()
          && group.startsWith(groupPrefix)
          && (first == null || isBefore(group, first))) {
        first = group;
      }
    }
    return first;
  }

  /** In the order of their bytes in UTF-8, which is that of their code points. */
  private static boolean isBefore(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        return Character.isSurrogate(a) == Character.isSurrogate(b)
            ? a < b
            : Character.isSurrogate(b);
      }
    }
    return one.length() < other.length();
  }
}
