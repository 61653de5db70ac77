package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RequestInfo;
import java.util.Locale;
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
  private static final int LONGEST = 128;
  private static final String CUT = "…";
  private static final int CUT_BYTES = 3;

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
    return name == null || name.isEmpty() ? NONE : shown(name);
  }

  static String namespace(@Nullable RequestInfo info) {
    if (info == null) {
      return NONE;
    }
    if (!info.resourceRequest()) {
      return NO_RESOURCE;
    }
    return info.namespace().isEmpty() ? NO_NAMESPACE : shown(info.namespace());
  }

  static String what(@Nullable RequestInfo info) {
    if (info == null) {
      return NONE;
    }
    StringBuilder text = new StringBuilder(info.verb().isEmpty() ? NONE : info.verb()).append(' ');
    if (!info.resourceRequest()) {
      return shown(text.append(firstSegment(info.path())).toString());
    }
    text.append(info.resource());
    if (!info.apiGroup().isEmpty()) {
      text.append('.').append(info.apiGroup());
    }
    if (!info.subresource().isEmpty()) {
      text.append('/').append(info.subresource());
    }
    return shown(text.toString());
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
        : new FlowKey(place.priorityLevel(), place.flowSchema(), shown(place.flowDistinguisher()));
  }

  /** The text as it may be shown, and cut where it is too long. */
  static String shown(String text) {
    return isPlain(text) ? text : escaped(text);
  }

  private static boolean isPlain(String text) {
    if (text.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String escaped(String text) {
    StringBuilder shown = new StringBuilder();
    int bytes = 0;
    int cut = 0; // where it ends if what follows finds no room
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      String next = mayBeShown(point) ? Character.toString(point) : escape(point);
      bytes += bytes(next);
      if (bytes > LONGEST) {
        return shown.substring(0, cut) + CUT;
      }
      shown.append(next);
      if (bytes <= LONGEST - CUT_BYTES) {
        cut = shown.length();
      }
      i += Character.charCount(point);
    }
    return shown.toString();
  }

  /**
   * Neither controls a terminal, nor turns the direction of what follows, nor is half a character.
   */
  private static boolean mayBeShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static String escape(int point) {
    return String.format(Locale.ROOT, point > 0xffff ? "\\U%08x" : "\\u%04x", point);
  }

  private static int bytes(String text) {
    int point = text.codePointAt(0);
    return text.length() > 2
        ? text.length()
        : point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
}
