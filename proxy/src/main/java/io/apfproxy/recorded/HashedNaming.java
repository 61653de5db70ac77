package io.apfproxy.recorded;

import io.apfproxy.request.RequestInfo;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names by their hash under a key: who has the key can find a name he thinks of, others cannot; the
 * same name is the same everywhere. Kubernetes' own names, which begin with {@code system:}, stay,
 * but for those of service accounts and nodes. Source: specification seeing.md V-57.
 */
public final class HashedNaming implements Naming {
  /** Bytes of a key. */
  public static final int KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int SHOWN_BYTES = 8;
  private static final String SYSTEM = "system:";
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final String SERVICE_ACCOUNTS_OF = "system:serviceaccounts:";
  private static final String NODE = "system:node:";

  /** In the place of every object's name. */
  private static final String OBJECT = "x";

  private final Mac mac;

  /**
   * @param key of {@value #KEY_BYTES} bytes
   */
  public HashedNaming(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "found " + key.length + " bytes of key, expected " + KEY_BYTES);
    }
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public String user(String name) {
    if (name.startsWith(SERVICE_ACCOUNT)) {
      String account = name.substring(SERVICE_ACCOUNT.length());
      int colon = account.indexOf(':');
      return colon < 0
          ? SERVICE_ACCOUNT + other(account)
          : SERVICE_ACCOUNT
              + other(account.substring(0, colon))
              + ':'
              + other(account.substring(colon + 1));
    }
    if (name.startsWith(NODE)) {
      return NODE + other(name.substring(NODE.length()));
    }
    return name.startsWith(SYSTEM) ? name : other(name);
  }

  @Override
  public String group(String name) {
    if (name.startsWith(SERVICE_ACCOUNTS_OF)) {
      return SERVICE_ACCOUNTS_OF + other(name.substring(SERVICE_ACCOUNTS_OF.length()));
    }
    return name.startsWith(SYSTEM) ? name : other(name);
  }

  @Override
  public String other(String name) {
    if (name.isEmpty()) {
      return "";
    }
    byte[] hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(hash, SHOWN_BYTES));
  }

  @Override
  public String object(String name) {
    return name.isEmpty() ? "" : OBJECT;
  }

  @Override
  public String target(RequestInfo info, String target) {
    return RecordedTarget.hashed(info, target, this);
  }
}
