package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.ShownText;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * Names of talkers: at most 128 bytes in UTF-8, without control characters. Source: specification
 * seeing.md V-04, V-11.
 */
final class TalkerKeys {
  /** Of what nobody found out, and of what was not sent. */
  static final String NONE = "-";

  private static final String NO_NAMESPACE = "(cluster)";
  private static final String NO_RESOURCE = "(path)";

  private TalkerKeys() {}

  /**
   * A flow.
   *
   * @param level name of its priority level
   */
  record FlowKey(String level, String schema, String distinguisher) {
    @Override
    public String toString() {
      return distinguisher.isEmpty()
          ? level + "/" + schema
          : level + "/" + schema + "/" + distinguisher;
    }
  }

  static String user(@Nullable String name) {
    return named(name);
  }

  static String agent(@Nullable String name) {
    return named(name);
  }

  private static String named(@Nullable String name) {
    return name == null || name.isEmpty() ? NONE : ShownText.of(name);
  }

  static String namespace(@Nullable RequestInfo info) {
    if (info == null) {
      return NONE;
    }
    if (!info.resourceRequest()) {
      return NO_RESOURCE;
    }
    return info.namespace().isEmpty() ? NO_NAMESPACE : ShownText.of(info.namespace());
  }

  static String what(@Nullable RequestInfo info) {
    if (info == null) {
      return NONE;
    }
    StringBuilder text = new StringBuilder(info.verb().isEmpty() ? NONE : info.verb()).append(' ');
    if (!info.resourceRequest()) {
      return ShownText.of(text.append(firstSegment(info.path())).toString());
    }
    text.append(info.resource());
    if (!info.apiGroup().isEmpty()) {
      text.append('.').append(info.apiGroup());
    }
    if (!info.subresource().isEmpty()) {
      text.append('/').append(info.subresource());
    }
    return ShownText.of(text.toString());
  }

  private static String firstSegment(String path) {
    int slash = path.indexOf('/', 1);
    return slash < 0 ? path : path.substring(0, slash);
  }

  /**
   * @param address as sockets print it
   */
  static String address(String address) {
    if (address.indexOf(':') < 0) {
      return named(address);
    }
    return ClientAddress.parse(address)
        .map(ClientAddress::of)
        .filter(ClientAddress::ipv6)
        .map(block -> network(block.bits()))
        .orElseGet(() -> named(address));
  }

  /** The first 64 bits, as text. */
  private static String network(long bits) {
    StringBuilder text = new StringBuilder();
    for (int shift = 48; shift >= 0; shift -= 16) {
      text.append(Long.toHexString((bits >>> shift) & 0xffff)).append(':');
    }
    return text.append(":/64").toString();
  }

  /** Null of a request that flow control did not see. */
  static @Nullable FlowKey flow(Classification place) {
    return place.priorityLevel().isEmpty()
        ? null
        : new FlowKey(
            place.priorityLevel(), place.flowSchema(), ShownText.of(place.flowDistinguisher()));
  }
}
