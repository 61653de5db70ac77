package io.apfproxy.limit;

import io.apfproxy.classify.Subjects;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.request.AddressBlock;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom a limit concerns, of those whom its rules match. Immutable. Source: specification limits.md
 * L-14, L-16.
 */
final class Conditions {
  private final Subjects excepted;
  private final String[] agents;
  private final AddressBlock[] networks;
  private final boolean anyLength;
  private final boolean longOnes;

  Conditions(RateLimit.Spec spec) {
    this.excepted = new Subjects(spec.exceptSubjects());
    this.agents = spec.userAgents().stream().map(Conditions::asReceived).toArray(String[]::new);
    this.networks =
        spec.sourceAddresses().stream()
            .map(AddressBlock::parse)
            .flatMap(Optional::stream)
            .toArray(AddressBlock[]::new);
    this.anyLength = spec.longRunning().equals(RateLimit.INCLUDE);
    this.longOnes = spec.longRunning().equals(RateLimit.ONLY);
  }

  /** Byte for byte: a header comes with a character for each byte. */
  private static String asReceived(String agent) {
    return new String(agent.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  boolean holdFor(Asked asked, UserInfo user) {
    return haveLength(asked.info())
        && hasAgent(asked.userAgent())
        && isFrom(asked.origin())
        && !excepted.cover(user);
  }

  boolean except(UserInfo user) {
    return excepted.cover(user);
  }

  /** Whether requests that last as long as this one are meant. */
  boolean haveLength(RequestInfo info) {
    return anyLength || LongRunning.isLongRunning(info) == longOnes;
  }

  private boolean hasAgent(String agent) {
    for (String prefix : agents) {
      if (agent.startsWith(prefix)) {
        return true;
      }
    }
    return agents.length == 0;
  }

  private boolean isFrom(@Nullable InetAddress address) {
    if (networks.length == 0) {
      return true;
    }
    for (AddressBlock network : networks) {
      if (address != null && network.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
