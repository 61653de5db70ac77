package io.apfproxy.cli;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.apfproxy.cli.ProxyOptions.Authentication;
import io.apfproxy.cli.ProxyOptions.FlowControlling;
import io.apfproxy.cli.ProxyOptions.FrontProxy;
import io.apfproxy.cli.ProxyOptions.ListCost;
import io.apfproxy.cli.ProxyOptions.Listener;
import io.apfproxy.cli.ProxyOptions.Shutdown;
import io.apfproxy.cli.ProxyOptions.Source;
import io.apfproxy.cli.ProxyOptions.SourceKind;
import io.apfproxy.cli.ProxyOptions.TlsEngine;
import io.apfproxy.cli.ProxyOptions.Transport;
import io.apfproxy.cli.ProxyOptions.Upstream;
import io.apfproxy.config.Enforcement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes options of settings and refuses those that contradict each other. */
final class OptionsReader {
  private static final Set<String> IDENTITY_MODES =
      Set.of("pass-through", "request-header", "impersonation");
  private static final List<Flag> FRONT_PROXY_DETAILS =
      List.of(
          Flag.REQUESTHEADER_ALLOWED_NAMES,
          Flag.REQUESTHEADER_USERNAME_HEADERS,
          Flag.REQUESTHEADER_UID_HEADERS,
          Flag.REQUESTHEADER_GROUP_HEADERS,
          Flag.REQUESTHEADER_EXTRA_HEADERS_PREFIX);

  private static final int MOST_REPLICAS = 64;
  private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(1);

  private static final String FILES = "files:";

  private final Settings settings;

  OptionsReader(Settings settings) {
    this.settings = settings;
  }

  ProxyOptions read() throws UsageException {
    return new ProxyOptions(
        listener(),
        upstream(),
        authentication(),
        flowControl(),
        new LimitsReader(settings, Runtime.getRuntime().maxMemory()).read(),
        new BreakGlassReader(settings).read(),
        new AdminReader(settings).read(),
        new Shutdown(
            settings.duration(Flag.SHUTDOWN_DELAY_DURATION),
            settings.duration(Flag.SHUTDOWN_GRACE)),
        warmUp(),
        settings.count(Flag.V));
  }

  private Duration warmUp() throws UsageException {
    Duration longest = settings.duration(Flag.WARM_UP);
    if (longest.compareTo(LONGEST_WARM_UP) > 0) {
      throw settings.unexpected(Flag.WARM_UP);
    }
    return longest;
  }

  private Listener listener() throws UsageException {
    int loops = settings.count(Flag.EVENT_LOOPS);
    Path certDir = settings.path(Flag.CERT_DIR);
    if (certDir == null) {
      throw settings.unexpected(Flag.CERT_DIR);
    }
    return new Listener(
        settings.address(Flag.BIND_ADDRESS),
        settings.port(Flag.SECURE_PORT),
        certDir,
        settings.path(Flag.TLS_CERT_FILE),
        together(Flag.TLS_CERT_FILE, Flag.TLS_PRIVATE_KEY_FILE),
        loops > 0 ? loops : Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        settings.constant(Flag.TRANSPORT, Transport.class),
        settings.chance(Flag.GOAWAY_CHANCE),
        settings.constant(Flag.TLS_ENGINE, TlsEngine.class),
        settings.addressBlocks(Flag.TRUSTED_PROXIES),
        origins());
  }

  /**
   * Refused as by kube-apiserver if they would match within a host: what is allowed there could be
   * registered by anybody.
   */
  private List<String> origins() throws UsageException {
    List<String> origins = settings.list(Flag.CORS_ALLOWED_ORIGINS);
    for (String origin : origins) {
      boolean start = origin.contains("^") || origin.contains("//");
      boolean end = origin.contains("$") || origin.contains(":");
      if (!start || !end) {
        throw settings.unexpected(Flag.CORS_ALLOWED_ORIGINS);
      }
      try {
        Pattern.compile(origin);
      } catch (PatternSyntaxException e) {
        throw settings.unexpected(Flag.CORS_ALLOWED_ORIGINS);
      }
    }
    return origins;
  }

  private Upstream upstream() throws UsageException {
    List<String> identity = identity();
    Path certificate = settings.path(Flag.PROXY_CLIENT_CERT_FILE);
    Path key = together(Flag.PROXY_CLIENT_CERT_FILE, Flag.PROXY_CLIENT_KEY_FILE);
    if (identity.contains("request-header") && certificate == null) {
      throw new UsageException(
          settings.origin(Flag.UPSTREAM_IDENTITY)
              + ": found request-header without --proxy-client-cert-file, expected both");
    }
    Path kubeconfig = settings.path(Flag.KUBECONFIG);
    if (kubeconfig == null && settings.textOrNull(Flag.CONTEXT) != null) {
      throw new UsageException(
          settings.origin(Flag.CONTEXT) + ": found a context without --kubeconfig, expected both");
    }
    Duration timeout = settings.duration(Flag.REQUEST_TIMEOUT);
    if (timeout.isZero()) {
      throw settings.unexpected(Flag.REQUEST_TIMEOUT);
    }
    return new Upstream(
        kubeconfig,
        settings.textOrNull(Flag.CONTEXT),
        identity,
        certificate,
        key,
        settings.bool(Flag.ALLOW_PRIVILEGED_IMPERSONATION),
        impersonatingAccount(identity),
        timeout,
        settings.bool(Flag.ALLOW_INSECURE_UPSTREAM),
        settings.duration(Flag.HOLD_WHILE_DOWN));
  }

  private @Nullable String impersonatingAccount(List<String> identity) throws UsageException {
    String account = settings.textOrNull(Flag.IMPERSONATION_SERVICE_ACCOUNT);
    if (account == null) {
      return null;
    }
    if (!account.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?")) {
      throw settings.unexpected(Flag.IMPERSONATION_SERVICE_ACCOUNT);
    }
    if (!identity.contains("impersonation") && !identity.equals(List.of("auto"))) {
      throw new UsageException(
          settings.origin(Flag.IMPERSONATION_SERVICE_ACCOUNT)
              + ": found with "
              + Flag.UPSTREAM_IDENTITY.flag()
              + "="
              + String.join(",", identity)
              + ", which never impersonates; expected one of the two");
    }
    return account;
  }

  private List<String> identity() throws UsageException {
    List<String> modes = settings.list(Flag.UPSTREAM_IDENTITY);
    if (!modes.equals(List.of("auto")) && (modes.isEmpty() || !IDENTITY_MODES.containsAll(modes))) {
      throw settings.unexpected(Flag.UPSTREAM_IDENTITY);
    }
    return modes;
  }

  private Authentication authentication() throws UsageException {
    return new Authentication(
        settings.bool(Flag.ANONYMOUS_AUTH), settings.path(Flag.CLIENT_CA_FILE), frontProxy());
  }

  private @Nullable FrontProxy frontProxy() throws UsageException {
    Path ca = settings.path(Flag.REQUESTHEADER_CLIENT_CA_FILE);
    if (ca == null) {
      // Without a CA nothing could be believed, and the flag would do nothing.
      for (Flag detail : FRONT_PROXY_DETAILS) {
        if (!settings.list(detail).isEmpty()) {
          throw new UsageException(
              settings.origin(detail)
                  + ": found without "
                  + Flag.REQUESTHEADER_CLIENT_CA_FILE.flag()
                  + ", expected both");
        }
      }
      return null;
    }
    if (settings.list(Flag.REQUESTHEADER_USERNAME_HEADERS).isEmpty()) {
      throw new UsageException(
          settings.origin(Flag.REQUESTHEADER_CLIENT_CA_FILE)
              + ": found without "
              + Flag.REQUESTHEADER_USERNAME_HEADERS.flag()
              + ", expected both, usually X-Remote-User");
    }
    return new FrontProxy(
        ca,
        settings.list(Flag.REQUESTHEADER_ALLOWED_NAMES),
        settings.list(Flag.REQUESTHEADER_USERNAME_HEADERS),
        settings.list(Flag.REQUESTHEADER_UID_HEADERS),
        settings.list(Flag.REQUESTHEADER_GROUP_HEADERS),
        settings.list(Flag.REQUESTHEADER_EXTRA_HEADERS_PREFIX));
  }

  private FlowControlling flowControl() throws UsageException {
    boolean fair = settings.bool(Flag.ENABLE_PRIORITY_AND_FAIRNESS);
    int reading = settings.count(Flag.MAX_REQUESTS_INFLIGHT);
    int writing = settings.count(Flag.MAX_MUTATING_REQUESTS_INFLIGHT);
    long seats = (long) reading + writing;
    if (fair && (seats == 0 || seats > Integer.MAX_VALUE)) {
      throw new UsageException(
          settings.origin(Flag.MAX_REQUESTS_INFLIGHT)
              + ": found "
              + seats
              + " seats with "
              + Flag.MAX_MUTATING_REQUESTS_INFLIGHT.flag()
              + ", expected 1 to "
              + Integer.MAX_VALUE);
    }
    boolean expose = settings.bool(Flag.EXPOSE_FLOW_HEADERS);
    if (expose && !fair) {
      throw new UsageException(
          settings.origin(Flag.EXPOSE_FLOW_HEADERS)
              + ": found with "
              + Flag.ENABLE_PRIORITY_AND_FAIRNESS.flag()
              + "=false, which has no levels to name; expected one of the two");
    }
    List<Source> sources = sources();
    if (!fair && !sources.equals(List.of(new Source(SourceKind.BUILTIN, null)))) {
      throw new UsageException(
          settings.origin(Flag.FLOWCONTROL_SOURCE)
              + ": found with "
              + Flag.ENABLE_PRIORITY_AND_FAIRNESS.flag()
              + "=false, which has no schemas and levels; expected one of the two");
    }
    boolean createSuggested = settings.bool(Flag.CREATE_SUGGESTED_OBJECTS);
    if (createSuggested && sources.stream().noneMatch(s -> s.kind() == SourceKind.CRD)) {
      throw new UsageException(
          settings.origin(Flag.CREATE_SUGGESTED_OBJECTS)
              + ": found without crd in "
              + Flag.FLOWCONTROL_SOURCE.flag()
              + ", expected both: objects that nobody follows would mislead");
    }
    return new FlowControlling(
        sources,
        createSuggested,
        fair,
        reading,
        writing,
        expose,
        settings.bool(Flag.PLAIN_REFUSALS),
        settings.constant(Flag.LIST_COST, ListCost.class),
        settings.bool(Flag.POLL_OBJECT_COUNTS),
        enforcement(fair),
        replicas(),
        new SeatsReader(settings, fair, seats).read());
  }

  private int replicas() throws UsageException {
    int replicas = settings.count(Flag.REPLICAS);
    if (replicas < 1 || replicas > MOST_REPLICAS) {
      throw new UsageException(
          "%s: found %d, expected 1 to %d"
              .formatted(settings.origin(Flag.REPLICAS), replicas, MOST_REPLICAS));
    }
    return replicas;
  }

  private Enforcement enforcement(boolean fair) throws UsageException {
    Enforcement enforcement =
        Enforcement.parse(settings.text(Flag.ENFORCEMENT))
            .orElseThrow(() -> settings.unexpected(Flag.ENFORCEMENT));
    if (!fair && !enforcement.equals(Enforcement.ENFORCE)) {
      throw new UsageException(
          settings.origin(Flag.ENFORCEMENT)
              + ": found \""
              + enforcement
              + "\" without priority and fairness, expected enforce");
    }
    if (settings.bool(Flag.ADAPTIVE_SEATS) && !enforcement.equals(Enforcement.ENFORCE)) {
      throw new UsageException(
          settings.origin(Flag.ENFORCEMENT)
              + ": found \""
              + enforcement
              + "\" with "
              + Flag.ADAPTIVE_SEATS.flag()
              + ", which would follow requests that nobody holds back; expected enforce");
    }
    return enforcement;
  }

  private List<Source> sources() throws UsageException {
    List<Source> sources = new ArrayList<>();
    for (String text : settings.list(Flag.FLOWCONTROL_SOURCE)) {
      Source source =
          switch (text) {
            case "builtin" -> new Source(SourceKind.BUILTIN, null);
            case "crd" -> new Source(SourceKind.CRD, null);
            case "native" -> new Source(SourceKind.NATIVE, null);
            default -> {
              if (!text.startsWith(FILES) || text.length() == FILES.length()) {
                throw settings.unexpected(Flag.FLOWCONTROL_SOURCE);
              }
              yield new Source(SourceKind.FILES, Path.of(text.substring(FILES.length())));
            }
          };
      if (sources.contains(source)) {
        throw settings.unexpected(Flag.FLOWCONTROL_SOURCE);
      }
      sources.add(source);
    }
    if (sources.isEmpty()) {
      throw settings.unexpected(Flag.FLOWCONTROL_SOURCE);
    }
    return sources;
  }

  /** The second of two files that make sense together only; null if neither is given. */
  private @Nullable Path together(Flag first, Flag second) throws UsageException {
    boolean has = settings.path(first) != null;
    if (has != (settings.path(second) != null)) {
      Flag given = has ? first : second;
      Flag missing = has ? second : first;
      throw new UsageException(
          settings.origin(given) + ": found without " + missing.flag() + ", expected both");
    }
    return has ? Objects.requireNonNull(settings.path(second)) : null;
  }
}
