package io.apfproxy.request;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * IP addresses that begin with the same bits, such as {@code 192.0.2.0/24}. Equal blocks are
 * written alike.
 */
public final class AddressBlock {
  private final String text;
  private final byte[] network;
  private final int bits;

  private AddressBlock(String text, byte[] network, int bits) {
    this.text = text;
    this.network = network;
    this.bits = bits;
  }

  /**
   * Reads an address, or one with the number of bits that count after a slash. Names are not looked
   * up.
   */
  public static Optional<AddressBlock> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!isAddress(address)) {
      return Optional.empty();
    }
    byte[] network;
    try {
      network = InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
    int most = network.length * Byte.SIZE;
    if (slash < 0) {
      return Optional.of(new AddressBlock(text, network, most));
    }
    String length = text.substring(slash + 1);
    if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > most) {
      return Optional.empty();
    }
    return Optional.of(new AddressBlock(text, network, Integer.parseInt(length)));
  }

  /** Whether it looks like an IP address; {@code false} for every name. */
  public static boolean isAddress(String text) {
    return text.matches("(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?:\\.(?!$)|$)){4}")
        || (text.contains(":") && text.matches("[0-9a-fA-F:.]+"));
  }

  /** Whether the address is one of them. */
  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != network.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    int rest = Byte.SIZE - bits % Byte.SIZE;
    return Arrays.equals(network, 0, whole, other, 0, whole)
        && (rest == Byte.SIZE || (network[whole] ^ other[whole]) >> rest == 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressBlock block && text.equals(block.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
