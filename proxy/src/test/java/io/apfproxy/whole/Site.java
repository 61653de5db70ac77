package io.apfproxy.whole;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all fronts of a run share: one authority, whose certificates upstream and fronts present,
 * and one user.
 *
 * @param folder holds all files
 */
record Site(Path folder) {
  /** Makes the certificates. */
  static Site make(Path folder) throws IOException {
    TestAuthority authority = TestAuthority.named("measured-ca");
    Files.writeString(folder.resolve("ca.crt"), authority.pem());
    authority.leaf("upstream").forServers("localhost", "127.0.0.1").issue().write(folder, "up");
    TestCertificate front = authority.leaf("front").forServers("localhost", "127.0.0.1").issue();
    front.write(folder, "front");
    Files.writeString(folder.resolve("front.pem"), front.certificatePem() + front.keyPem());
    return new Site(folder);
  }

  /** PEM of whoever issued all certificates. */
  Path authority() {
    return folder.resolve("ca.crt");
  }

  Path upstreamCertificate() {
    return folder.resolve("up.crt");
  }

  Path upstreamKey() {
    return folder.resolve("up.key");
  }

  Path certificate() {
    return folder.resolve("front.crt");
  }

  Path key() {
    return folder.resolve("front.key");
  }

  /** Certificate and key in one file. */
  Path bundle() {
    return folder.resolve("front.pem");
  }

  /** Our proxy's way to the upstream. */
  Path kubeconfig() {
    return folder.resolve("proxy.kubeconfig");
  }
}
