package io.apfproxy.authn.who;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * The ways from a client's certificate up to an authority, by names only, in the order in which
 * Go's verifier tries them: authorities before intermediates, those whose key identifier fits
 * first.
 */
final class ChainPaths {
  /*
   * Certificates that issue each other have factorially many ways. What is found is bounded by the
   * signatures that checking it can cost (Go stops at 100), the search by its steps.
   */
  private static final int MOST_SIGNATURES = 64;
  private static final int MOST_STEPS = 1000;
  private static final String OWN_KEY = "2.5.29.14";
  private static final String NAMES = "2.5.29.17";
  private static final String ISSUERS_KEY = "2.5.29.35";

  private final Map<ByteBuffer, List<X509Certificate>> authorities;

  /**
   * @param certificates leaf first, as each is issued by the next
   * @param authority that issued the last
   */
  record Path(List<X509Certificate> certificates, X509Certificate authority) {}

  ChainPaths(List<X509Certificate> authorities) {
    this.authorities =
        authorities.stream()
            .collect(Collectors.groupingBy(one -> name(one.getSubjectX500Principal())));
  }

  /**
   * Names are the same if their bytes are: Go knows no other sameness, Java knows case and blanks.
   */
  private static ByteBuffer name(X500Principal principal) {
    return ByteBuffer.wrap(principal.getEncoded());
  }

  /**
   * @param chain leaf first, the others in any order
   */
  List<Path> of(List<X509Certificate> chain) {
    Search search = new Search(chain.subList(1, chain.size()));
    search.climb(List.of(chain.get(0)));
    return search.found;
  }

  private final class Search {
    private final List<X509Certificate> intermediates;
    private final List<Path> found = new ArrayList<>();
    private int signatures;
    private int steps;

    Search(List<X509Certificate> intermediates) {
      this.intermediates = intermediates;
    }

    private void climb(List<X509Certificate> path) {
      X509Certificate last = path.get(path.size() - 1);
      ByteBuffer issuer = name(last.getIssuerX500Principal());
      for (X509Certificate authority :
          likeliest(authorities.getOrDefault(issuer, List.of()), last)) {
        signatures += path.size();
        if (signatures > MOST_SIGNATURES) {
          return;
        }
        found.add(new Path(path, authority));
      }
      List<X509Certificate> issuers =
          intermediates.stream()
              .filter(one -> name(one.getSubjectX500Principal()).equals(issuer))
              .toList();
      for (X509Certificate next : likeliest(issuers, last)) {
        if (++steps > MOST_STEPS || signatures > MOST_SIGNATURES) {
          return;
        }
        if (path.stream().noneMatch(one -> isSame(one, next))) {
          List<X509Certificate> longer = new ArrayList<>(path);
          longer.add(next);
          climb(longer);
        }
      }
    }
  }

  private static boolean isSame(X509Certificate one, X509Certificate other) {
    return name(one.getSubjectX500Principal()).equals(name(other.getSubjectX500Principal()))
        && one.getPublicKey().equals(other.getPublicKey())
        && Arrays.equals(one.getExtensionValue(NAMES), other.getExtensionValue(NAMES));
  }

  private static List<X509Certificate> likeliest(
      List<X509Certificate> issuers, X509Certificate issued) {
    return issuers.size() < 2
        ? issuers
        : issuers.stream().sorted(Comparator.comparingInt(one -> distance(one, issued))).toList();
  }

  /** 0 if the key identifiers fit, 1 if one is missing, 2 if they differ. */
  private static int distance(X509Certificate issuer, X509Certificate issued) {
    byte[] own = issuer.getExtensionValue(OWN_KEY);
    byte[] wanted = issued.getExtensionValue(ISSUERS_KEY);
    if (own == null || wanted == null) {
      return 1;
    }
    return keyIdentifier(wanted, own) ? 0 : 2;
  }

  /*
   * OCTET STRING { OCTET STRING id } there, OCTET STRING { SEQUENCE { [0] id ... } } here: the
   * identifier stands at byte 6 of what names the issuer's. It only sorts, so longer forms need not
   * be read.
   */
  private static boolean keyIdentifier(byte[] wanted, byte[] own) {
    int length = own.length - 4;
    return length > 0
        && wanted.length >= length + 6
        && Arrays.equals(wanted, 6, 6 + length, own, 4, own.length);
  }
}
