package io.apfproxy.real;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestLeaf;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.real.Callers.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Callers with odd names, groups, uids and extra values, by certificate and by impersonation. */
final class OddCallers {
  private static final String UID = "1.3.6.1.4.1.57683.2";
  private static final String UNICODE = "J\u00fcrgen \u540d\u524d \ud83d\ude00";
  private static final String MARKS = "a, b;c+d=e \"f\" 100% %41%zz /x?y#z <>&";

  private final TestAuthority authority;
  private final ControlPlane cluster;
  private final Map<String, Credential> known = new LinkedHashMap<>();

  private OddCallers(ControlPlane cluster) {
    this.cluster = cluster;
    this.authority = TestAuthority.read(cluster.pki("ca.crt"), cluster.pki("ca.key"));
  }

  static Map<String, Credential> of(ControlPlane cluster) {
    OddCallers callers = new OddCallers(cluster);
    callers.putNobodies();
    callers.putCertificates();
    callers.putImpersonators();
    return callers.known;
  }

  private void putNobodies() {
    certificate("nobody", "", leaf -> leaf.organization("dev"));
    known.put("nobody-with-token", credential("nobody", "Authorization: Bearer bob-token"));
    known.put("nobody-with-bad-token", credential("nobody", "Authorization: Bearer no-such-token"));
    known.put("nobody-as-front-proxy", credential("nobody", "X-Remote-User: admin"));
    known.put("nobody-as-bob", credential("nobody", "Impersonate-User: bob"));
    known.put("front-proxy-of-nobody", Credential.certificate("front-proxy-client"));
  }

  private void putCertificates() {
    certificate("unicode", UNICODE, leaf -> leaf.organization(UNICODE).attribute(UID, UNICODE));
    certificate("marks", MARKS, leaf -> leaf.organization(MARKS).attribute(UID, MARKS));
    certificate("groups", "someone", leaf -> many(leaf, 40).organization("a").organization("a"));
    certificate("anonymous-name", "system:anonymous", leaf -> leaf.organization("dev"));
    certificate("anonymous-group", "someone", leaf -> leaf.organization("system:unauthenticated"));
    certificate("known-group", "someone", leaf -> leaf.organization("system:authenticated"));
    certificate("two-names", "one", leaf -> leaf.attribute("2.5.4.3", "two"));
    certificate("empty-last-name", "one", leaf -> leaf.attribute("2.5.4.3", ""));
    certificate("two-uids", "one", leaf -> leaf.attribute(UID, "1").attribute(UID, "2"));
    certificate("empty-uid", "one", leaf -> leaf.attribute(UID, ""));
    certificate("account", "system:serviceaccount:default:robot", leaf -> leaf);
  }

  private static TestLeaf many(TestLeaf leaf, int groups) {
    for (int i = 0; i < groups; i++) {
      leaf.organization("group " + i);
    }
    return leaf;
  }

  private void putImpersonators() {
    as("unicode", "Impersonate-User: " + UNICODE, "Impersonate-Group: " + UNICODE);
    as("marks", "Impersonate-User: " + MARKS, "Impersonate-Group: " + MARKS);
    as("uid", "Impersonate-User: a b", "Impersonate-Uid: " + MARKS);
    as("blanks", "Impersonate-User:  \t a  b \t ", "Impersonate-Group: \tc \t d");
    String[] groups = new String[60];
    Arrays.setAll(groups, i -> i == 0 ? "Impersonate-User: many" : "Impersonate-Group: g" + i);
    as("groups", groups);
    as("same-group-twice", "Impersonate-User: a", "Impersonate-Group: b", "Impersonate-Group: b");
    as("anonymous-group", "Impersonate-User: a", "Impersonate-Group: system:unauthenticated");
    as("anonymous-in-group", "Impersonate-User: system:anonymous", "Impersonate-Group: dev");
    as("account-in-group", "Impersonate-User: system:serviceaccount:a:b", "Impersonate-Group: c");
    as("no-account", "Impersonate-User: system:serviceaccount:a", "Impersonate-Group: c");
    as("node-without-name", "Impersonate-User: system:node:", "Impersonate-Group: system:nodes");
    as(
        "extra-keys",
        "Impersonate-User: a",
        "Impersonate-Extra-Example.com%2FTeam: blue",
        "Impersonate-Extra-%c3%bc%E5%90%8D: unicode",
        "Impersonate-Extra-100%25: percent",
        "Impersonate-Extra-50%: half an escape",
        "Impersonate-Extra-%zz: no escape",
        "Impersonate-Extra-a%20b: blank",
        "Impersonate-Extra-UPPER: lower",
        "Impersonate-Extra-a.b_c~d!e$f'g*h+i|j: marks");
    as(
        "extra-values",
        "Impersonate-User: a",
        "Impersonate-Extra-Scopes: one",
        "Impersonate-Extra-scopes: two, three",
        "Impersonate-Extra-SCOPES: " + UNICODE,
        // not twice one key: the server gathers in any order
        "Impersonate-Extra-other%73: escaped");
    as("header-as-name", "Impersonate-User: Impersonate-User: admin");
  }

  private void as(String name, String... lines) {
    String[] sent = new String[lines.length];
    Arrays.setAll(sent, i -> onTheWire(lines[i]));
    known.put("admin-as-" + name, Credential.token("admin-token", sent));
    known.put("bob-as-" + name, Credential.token("bob-token", sent));
  }

  /** UTF-8 bytes, as header lines are written. */
  private static String onTheWire(String line) {
    return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Makes one of a subject. */
  private interface Subject {
    TestLeaf of(TestLeaf named);
  }

  private void certificate(String name, String commonName, Subject subject) {
    subject
        .of(authority.leaf(commonName))
        .forClients()
        .issue()
        .write(cluster.pki(""), "odd-" + name);
    known.put(name, credential(name));
  }

  private static Credential credential(String name, String... lines) {
    return Credential.certificate("odd-" + name, lines);
  }
}
