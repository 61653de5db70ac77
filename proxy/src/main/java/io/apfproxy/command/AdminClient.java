package io.apfproxy.command;

import io.apfproxy.cli.AdminAccess;
import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import io.apfproxy.tls.TrustingTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks running proxies for pages of their admin listeners. Source: specification seeing.md V-05.
 */
final class AdminClient {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final HttpClient client;
  private final @Nullable String token;

  private AdminClient(HttpClient client, @Nullable String token) {
    this.client = client;
    this.token = token;
  }

  /**
   * @throws StartException if a file cannot be read
   */
  static AdminClient open(AdminAccess access) throws StartException {
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONGEST);
    Path authority = access.certificateAuthority();
    if (authority != null) {
      builder.sslContext(trusting(authority));
    }
    Path tokenFile = access.tokenFile();
    return new AdminClient(builder.build(), tokenFile == null ? null : token(tokenFile));
  }

  private static String token(Path file) throws StartException {
    String token;
    try {
      token = Files.readString(file).strip();
    } catch (IOException e) {
      throw unreadable("--token-file", file, "a bearer token", e);
    }
    if (!token.matches("[!-~]+")) { // which is not told: some of it may be secret
      throw new StartException(
          "--token-file: found no token in " + file + ", expected a bearer token");
    }
    return token;
  }

  private static SSLContext trusting(Path file) throws StartException {
    try {
      return TrustingTls.context(file);
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable("--certificate-authority", file, "certificates in PEM", e);
    }
  }

  private static StartException unreadable(String flag, Path file, String expected, Exception e) {
    String why = e instanceof IOException io ? Reasons.of(io) : String.valueOf(e.getMessage());
    return new StartException(
        flag + ": cannot read " + file + " (" + why + "), expected " + expected, e);
  }

  /**
   * Gets a page.
   *
   * @param admin where the listener is
   * @param target path and query of the page
   * @throws StartException if it does not answer, or refuses
   */
  String get(URI admin, String target) throws StartException {
    HttpRequest.Builder request = HttpRequest.newBuilder(admin.resolve(target)).timeout(LONGEST);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new StartException(
            "--admin: " + admin + " answers " + answer.statusCode() + ": " + answer.body().strip());
      }
      return answer.body();
    } catch (SSLException e) {
      throw new StartException(
          "--admin: " + admin + " is not believed (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw new StartException("--admin: " + admin + " does not answer, expected a proxy", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
  }
}
