package io.apfproxy.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** The flags by which commands reach running proxies. */
final class AdminFlags {
  static final String ADMIN = "--admin";
  static final String TOKEN_FILE = "--token-file";
  static final String CERTIFICATE_AUTHORITY = "--certificate-authority";

  private static final URI USUAL = URI.create("http://127.0.0.1:8443");

  private AdminFlags() {}

  /** Without any URL: the usual one, on this machine. */
  static AdminAccess read(ParseResult parsed) throws UsageException {
    List<URI> urls = new ArrayList<>();
    for (String text : ConfigurationCommands.values(parsed, ADMIN)) {
      urls.add(url(text));
    }
    return new AdminAccess(
        urls.isEmpty() ? List.of(USUAL) : urls,
        path(parsed, TOKEN_FILE),
        path(parsed, CERTIFICATE_AUTHORITY));
  }

  private static @Nullable Path path(ParseResult parsed, String flag) {
    String text = ConfigurationCommands.last(parsed, flag);
    return text == null ? null : Path.of(text);
  }

  private static URI url(String text) throws UsageException {
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below like any other value that is no such URL
    }
    throw new UsageException(
        ADMIN + ": found \"" + text + "\", expected a URL such as http://127.0.0.1:8443");
  }
}
