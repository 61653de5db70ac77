package io.apfproxy.authn.who;

import static io.apfproxy.authn.who.Forging.keysOf;
import static io.apfproxy.authn.who.Forging.nameOf;
import static io.apfproxy.authn.who.Forging.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.pki.TestKeys;
import io.apfproxy.time.ManualTime;
import io.netty.handler.ssl.util.LazyX509Certificate;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What strangers present costs little, and nothing on the caller's thread. */
@Tag("S18")
class ChainVerifierTest {
  private static final TestAuthority ROOT = TestAuthority.named("root");

  /** As the TLS engine hands it over: bytes, which throw when they are looked at. */
  private static final X509Certificate UNREADABLE =
      new LazyX509Certificate("no certificate".getBytes(StandardCharsets.US_ASCII));

  private final ManualTime clock = ManualTime.at(Instant.now());
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final ChainVerifier verifier =
      new ChainVerifier(List.of(ROOT.own().certificate()), work::add, clock);

  private static List<X509Certificate> chain(TestCertificate leaf, TestAuthority... above) {
    return Stream.concat(Stream.of(leaf), Arrays.stream(above).map(TestAuthority::own))
        .map(TestCertificate::certificate)
        .toList();
  }

  /** Certificates of two names that issue each other, without end. */
  private static List<X509Certificate> tangle(int certificates) {
    TestAuthority a = TestAuthority.named("A");
    TestAuthority b = TestAuthority.named("B");
    List<X509Certificate> chain = new ArrayList<>(chain(a.leaf("x").forClients().issue()));
    while (chain.size() < certificates) {
      TestAuthority next = chain.size() % 2 == 0 ? a.intermediate("B") : b.intermediate("A");
      chain.add(next.own().certificate());
    }
    return chain;
  }

  private CompletableFuture<Optional<CertificateSubject>> ask(List<X509Certificate> chain) {
    return verifier.verify(chain, "192.0.2.1");
  }

  private Optional<String> name(List<X509Certificate> chain) {
    CompletableFuture<Optional<CertificateSubject>> answer = ask(chain);
    while (!work.isEmpty()) {
      work.remove().run();
    }
    assertThat(answer).isDone();
    return answer.join().map(CertificateSubject::commonName);
  }

  @Test
  void verifiesElsewhereAndAnswersAtOnceFromThenOn() {
    List<X509Certificate> alice = chain(ROOT.leaf("alice").forClients().issue());
    CompletableFuture<Optional<CertificateSubject>> first = ask(alice);
    assertThat(first).isNotDone();
    assertThat(work).hasSize(1);
    work.remove().run();
    assertThat(first.join()).isPresent();
    assertThat(ask(alice)).isDone();
    assertThat(ask(List.copyOf(new ArrayList<>(alice)))).as("of another connection").isDone();
    assertThat(work).isEmpty();
  }

  @Test
  @Timeout(60)
  void refusesATangleOfIssuersAtSmallCostAndRemembersThat() {
    List<X509Certificate> tangle = tangle(8);
    assertThat(name(tangle)).isEmpty();
    CompletableFuture<Optional<CertificateSubject>> again = ask(tangle);
    assertThat(again).isCompletedWithValue(Optional.empty());
    assertThat(work).isEmpty();
    clock.advance(Duration.ofSeconds(11));
    assertThat(name(tangle)).as("not for ever, it may become valid").isEmpty();
  }

  @Test
  @Timeout(60)
  void doesNotLookAtMoreThanEightCertificatesOr32KiB() throws CertificateException {
    List<X509Certificate> tangle = tangle(181);
    assertThat(name(tangle)).isEmpty();
    TestCertificate alice = ROOT.leaf("alice").forClients().issue();
    assertThat(name(chain(alice, eight(7)))).contains("alice");
    assertThat(name(chain(alice, eight(8)))).isEmpty();
    PresentedChain.checkSize(chain(alice, eight(7)));
    assertThat(Stream.of(tangle, chain(big(40_000)))).allMatch(ChainVerifierTest::isTooLarge);
  }

  private static TestAuthority[] eight(int number) {
    return Stream.generate(() -> TestAuthority.named("other"))
        .limit(number)
        .toArray(TestAuthority[]::new);
  }

  private static TestCertificate big(int chars) {
    return ROOT.leaf("x").organization("o".repeat(chars)).forClients().issue();
  }

  private static boolean isTooLarge(List<X509Certificate> chain) {
    try {
      PresentedChain.checkSize(chain);
      return false;
    } catch (CertificateException e) {
      return true;
    }
  }

  @Test
  void findsTheWayThroughIntermediatesInAnyOrder() {
    TestAuthority upper = ROOT.intermediate("upper");
    TestAuthority lower = upper.intermediate("lower");
    TestCertificate alice = lower.leaf("alice").forClients().issue();
    assertThat(name(chain(alice, lower, upper))).contains("alice");
    assertThat(name(chain(alice, upper, lower))).contains("alice");
    assertThat(name(chain(alice, lower, upper, ROOT))).as("with its root").contains("alice");
    assertThat(name(chain(alice, lower))).isEmpty();
    assertThat(name(chain(alice))).isEmpty();
  }

  @Test
  void triesAnotherIssuerOfTheSameName() {
    TestAuthority decoy = TestAuthority.named("lower");
    TestAuthority lower = ROOT.intermediate("lower");
    TestCertificate alice = lower.leaf("alice").forClients().issue();
    assertThat(name(chain(alice, decoy, lower))).contains("alice");
    TestAuthority renewed = TestAuthority.named("root");
    ChainVerifier both =
        new ChainVerifier(
            List.of(renewed.own().certificate(), ROOT.own().certificate()), Runnable::run, clock);
    assertThat(both.verify(chain(ROOT.leaf("bob").forClients().issue()), "a").join()).isPresent();
  }

  @Test
  void believesAnAuthorityAsClientAsGoDoes() {
    assertThat(name(chain(ROOT.own()))).contains("root");
  }

  @Test
  void refusesLeavesThatIssue() {
    TestCertificate middle = ROOT.leaf("middle").forClients().issue();
    TestAuthority pretender = TestAuthority.named("middle");
    assertThat(
            name(
                List.of(
                    pretender.leaf("eve").forClients().issue().certificate(),
                    middle.certificate())))
        .isEmpty();
  }

  @Test
  void believesACertificateOnceItIsValid() {
    Instant soon = Instant.now().plusSeconds(60);
    List<X509Certificate> future =
        chain(ROOT.leaf("x").forClients().valid(soon, soon.plusSeconds(60)).issue());
    assertThat(name(future)).isEmpty();
    clock.advance(Duration.ofSeconds(90));
    assertThat(name(future)).contains("x");
    clock.advance(Duration.ofSeconds(60));
    assertThat(name(future)).isEmpty();
  }

  @Test
  void takesACertificateThatJavaCannotReadForABadOne() {
    assertThat(name(List.of(UNREADABLE))).isEmpty();
    assertThat(ask(List.of(UNREADABLE)))
        .as("and remembers that")
        .isCompletedWithValue(Optional.empty());
  }

  @Test
  void verifiesInTurnForThoseWhoAsk() {
    for (int i = 0; i < 50; i++) {
      var unused = verifier.verify(tangle(3), "192.0.2.66");
    }
    CompletableFuture<Optional<CertificateSubject>> honest =
        verifier.verify(chain(ROOT.leaf("alice").forClients().issue()), "192.0.2.1");
    assertThat(work).as("so many at a time").hasSize(ChainWorkers.THREADS);
    for (int i = 0; i < 2 * ChainWorkers.THREADS; i++) {
      work.remove().run();
    }
    assertThat(honest.join()).isPresent();
  }

  private boolean isBelieved(X509Certificate authority, List<X509Certificate> chain) {
    return new ChainVerifier(List.of(authority), Runnable::run, clock)
        .verify(chain, "a")
        .join()
        .isPresent();
  }

  /** Source: Go, x509.go, signatureAlgorithmDetails and checkSignature. */
  @ParameterizedTest
  @CsvSource({
    "SHA256withRSA, true",
    "SHA384withRSA, true",
    "SHA512withRSA, true",
    "SHA256withRSAandMGF1, true",
    "SHA224withRSA, false",
    "SHA1withRSA, false",
    "SHA1withRSAandMGF1, false",
    "MD5withRSA, false"
  })
  void believesTheSignaturesThatGoBelieves(String signature, boolean good)
      throws CertificateException {
    TestAuthority rsa = TestAuthority.named("rsa", TestKeys.RSA_2048);
    X509Certificate alice =
        read(
            new ForgedCertificate(KeyKind.RSA_2048)
                .subject("alice")
                .signedBy(nameOf(rsa), keysOf(rsa))
                .signature(signature));
    assertThat(isBelieved(rsa.own().certificate(), List.of(alice))).isEqualTo(good);
  }

  /**
   * Source: Go, constraints.go; parser.go, parseNameConstraintsExtension.
   *
   * @param trusted whether the authority with the constraint is one of ours, else it is below one
   */
  @ParameterizedTest
  @CsvSource({
    "true, true, 2, good.example, a.good.example, true",
    "true, true, 2, good.example, a.bad.example, false",
    "true, false, 2, good.example, a.bad.example, false",
    "false, true, 2, good.example, a.good.example, true",
    "false, true, 2, good.example, a.bad.example, false",
    "true, true, 4, CN=alice, a.good.example, false",
    "false, true, 4, CN=alice, a.good.example, false",
    "true, false, 4, CN=alice, a.good.example, true",
    "false, false, 4, CN=bob, a.good.example, true",
  })
  void keepsAuthoritiesToTheNamesThatGoKeepsThemTo(
      boolean trusted, boolean critical, int kind, String permitted, String name, boolean good)
      throws CertificateException {
    KeyPair keys = KeyKind.P256.generate();
    GeneralSubtree subtree = new GeneralSubtree(new GeneralName(kind, permitted));
    ForgedCertificate limited =
        new ForgedCertificate(KeyKind.P256, keys)
            .subject("limited")
            .authority()
            .extension(
                Extension.nameConstraints,
                critical,
                new NameConstraints(new GeneralSubtree[] {subtree}, null));
    X509Certificate issuer = read(trusted ? limited : limited.signedBy(nameOf(ROOT), keysOf(ROOT)));
    X509Certificate leaf =
        read(
            new ForgedCertificate(KeyKind.P256)
                .subject("alice")
                .signedBy(new X500Name("CN=limited"), keys)
                .extension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name))));
    assertThat(
            trusted
                ? isBelieved(issuer, List.of(leaf))
                : isBelieved(ROOT.own().certificate(), List.of(leaf, issuer)))
        .isEqualTo(good);
  }

  @Test
  void countsThoseThatWait() {
    ChainVerifier slow = new ChainVerifier(List.of(ROOT.own().certificate()), work::add, clock);
    for (int i = 0; i < ChainWorkers.THREADS + 3; i++) {
      var unused = slow.verify(tangle(2), "192.0.2.1");
    }
    assertThat(slow.waiting()).isEqualTo(3);
    assertThat(slow.refused()).isZero();
  }

  @Test
  void keepsLittleOfManyChains() {
    for (int i = 0; i < 200; i++) {
      assertThat(name(chain(big(30_000)))).isPresent();
    }
    assertThat(verifier.rememberedBytes()).isBetween(200 * 30_000L, 32L << 20);
    for (int i = 0; i < 1000; i++) {
      assertThat(name(chain(TestAuthority.named("x").own()))).isEmpty();
    }
    assertThat(verifier.rememberedBytes()).isLessThan(32L << 20);
  }
}
