package io.apfproxy.real;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.real.Callers.Credential;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Who may call, and how each proves who it is. */
final class CallerCatalogue {
  /** Those whose credential is nobody's. */
  private static final Set<String> UNKNOWN =
      Set.of(
          "unknown-token",
          "malformed-token",
          "expired-token",
          "forged-certificate",
          "front-proxy-of-nobody");

  /** Those who want to be somebody they may not be; some constrained ones want it at times. */
  private static final Set<String> NOT_ALLOWED =
      Set.of(
          "bob-as-admin",
          "mouse-as-dave-in-ops",
          "mouse-as-dave-with-uid",
          "mouse-as-dave-with-other-scope",
          "mouse-as-service-account");

  /** Those who say in two ways, or in none, whom they want to be. */
  private static final Set<String> UNCLEAR =
      Set.of("alice-as-two", "alice-as-nobody-in-group", "alice-as-empty");

  private CallerCatalogue() {}

  static boolean isUnknown(String caller) {
    return UNKNOWN.contains(caller);
  }

  static boolean mayNotImpersonate(String caller) {
    return NOT_ALLOWED.contains(caller) || ConstrainedCallers.contains(caller);
  }

  static boolean isUnclear(String caller) {
    return UNCLEAR.contains(caller);
  }

  /** One of every kind that the server can tell something of. */
  static Map<String, Credential> usual(ControlPlane cluster) {
    Map<String, Credential> known = new LinkedHashMap<>();
    known.put("admin-certificate", Credential.certificate("admin"));
    for (String user : List.of("admin", "alice", "bob", "nobody", "node", "kcm", "scheduler")) {
      known.put(user, Credential.token(ControlPlane.token(user)));
    }
    known.put("robot", Credential.token(serviceAccountToken(cluster, "default", "robot")));
    known.put("system-robot", Credential.token(serviceAccountToken(cluster, "kube-system", "bot")));
    known.put("anonymous", Credential.none());
    known.put("unknown-token", Credential.token("no-such-token"));
    known.put(
        "front-proxy",
        Credential.certificate(
            "front-proxy-client",
            "X-Remote-User: eve",
            "X-Remote-Group: dev",
            "X-Remote-Group: ops",
            "X-Remote-Uid: uid-eve",
            "X-Remote-Extra-Scopes: one",
            "X-Remote-Extra-Scopes: two",
            "X-Remote-Extra-Example.com%2Fteam: blue"));
    known.put("admin-as-bob", Credential.token("admin-token", "Impersonate-User: bob"));
    known.put(
        "certificate-as-node",
        Credential.certificate(
            "admin", "Impersonate-User: system:node:n1", "Impersonate-Group: system:nodes"));
    known.put(
        "alice-as-everything",
        Credential.token(
            "alice-token",
            "Impersonate-User: carol",
            "Impersonate-Group: dev",
            "Impersonate-Group: ops",
            "Impersonate-Uid: uid-carol",
            "Impersonate-Extra-Scopes: one",
            "Impersonate-Extra-Example.com%2Fteam: blue"));
    known.put(
        "admin-as-service-account",
        Credential.token("admin-token", "Impersonate-User: system:serviceaccount:default:robot"));
    known.put(
        "admin-as-anonymous",
        Credential.token("admin-token", "Impersonate-User: system:anonymous"));
    known.put("bob-as-admin", Credential.token("bob-token", "Impersonate-User: admin"));
    ConstrainedCallers.putInto(known, cluster);
    return known;
  }

  /**
   * Those of {@link #usual}, and those with half a right, or with none and an odd way to say it.
   */
  static Map<String, Credential> all(ControlPlane cluster) {
    Map<String, Credential> known = usual(cluster);
    putMice(known);
    putOdd(known);
    known.put("malformed-token", Credential.token("e30.e30.e30"));
    known.put("expired-token", Credential.token(expiredToken(cluster)));
    // named as the server's own authority, so that a client that is told whom it trusts presents it
    TestAuthority.named("fixture-ca")
        .leaf("admin")
        .organization("system:masters")
        .forClients()
        .issue()
        .write(cluster.pki(""), "forged");
    known.put("forged-certificate", Credential.certificate("forged"));
    known.put("front-proxy-of-nobody", Credential.certificate("front-proxy-client"));
    return known;
  }

  /** The mouse may be dave, in the group dev, with the scope one; see differential.yaml. */
  private static void putMice(Map<String, Credential> known) {
    known.put("mouse-as-dave", mouse("Impersonate-User: dave"));
    known.put("mouse-as-dave-in-dev", mouse("Impersonate-User: dave", "Impersonate-Group: dev"));
    known.put(
        "mouse-as-dave-with-scope",
        mouse("Impersonate-User: dave", "Impersonate-Extra-Scopes: one"));
    known.put(
        "mouse-as-dave-in-ops",
        mouse("Impersonate-User: dave", "Impersonate-Group: dev", "Impersonate-Group: ops"));
    known.put(
        "mouse-as-dave-with-uid", mouse("Impersonate-User: dave", "Impersonate-Uid: uid-dave"));
    known.put(
        "mouse-as-dave-with-other-scope",
        mouse(
            "Impersonate-User: dave",
            "Impersonate-Extra-Scopes: one",
            "Impersonate-Extra-Scopes: two"));
    known.put(
        "mouse-as-service-account",
        mouse("Impersonate-User: system:serviceaccount:kube-system:bot"));
  }

  private static Credential mouse(String... lines) {
    return Credential.token("mouse-token", lines);
  }

  private static void putOdd(Map<String, Credential> known) {
    known.put(
        "alice-as-two",
        Credential.token("alice-token", "Impersonate-User: dave", "Impersonate-User: carol"));
    known.put(
        "alice-as-nobody-in-group", Credential.token("alice-token", "Impersonate-Group: dev"));
    known.put("alice-as-empty", Credential.token("alice-token", "Impersonate-User:"));
    known.put("lower-case", Credential.lines("authorization: bearer alice-token"));
    known.put("no-bearer", Credential.lines("Authorization: Basic YWxpY2U6eA=="));
    known.put("empty-token", Credential.lines("Authorization: Bearer"));
    known.put(
        "certificate-and-token",
        Credential.certificate("admin", "Authorization: Bearer bob-token"));
    known.put(
        "certificate-and-unknown-token",
        Credential.certificate("admin", "Authorization: Bearer no-such-token"));
    known.put(
        "would-be-front-proxy",
        Credential.token("bob-token", "X-Remote-User: admin", "X-Remote-Group: system:masters"));
  }

  private static String serviceAccountToken(ControlPlane cluster, String namespace, String name) {
    Kubectl admin = cluster.kubectl("admin");
    admin.run("create", "serviceaccount", name, "-n", namespace);
    return admin.run("create", "token", name, "-n", namespace).orThrow().stdout().strip();
  }

  /** Signed as the server signs, for a time that is over. */
  private static String expiredToken(ControlPlane cluster) {
    String claims =
        "{\"iss\":\"https://kubernetes.default.svc\",\"aud\":[\"https://kubernetes.default.svc\"],"
            + "\"sub\":\"system:serviceaccount:default:robot\",\"iat\":1600000000,"
            + "\"nbf\":1600000000,\"exp\":1600003600,\"kubernetes.io\":{\"namespace\":\"default\","
            + "\"serviceaccount\":{\"name\":\"robot\",\"uid\":\"0\"}}}";
    String signed =
        base64("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(claims.getBytes(StandardCharsets.UTF_8));
    try (Reader file = Files.newBufferedReader(cluster.pki("sa.key"));
        PEMParser parser = new PEMParser(file)) {
      PrivateKey key = new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) parser.readObject());
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + base64(signature.sign());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Names of callers, those more often whose requests are answered more often. */
  static List<String> mix(Map<String, Credential> credentials) {
    List<String> mix = new ArrayList<>(credentials.keySet());
    mix.addAll(credentials.keySet());
    for (int more = 0; more < 20; more++) {
      mix.addAll(List.of("admin-certificate", "admin", "alice"));
    }
    return mix;
  }
}
