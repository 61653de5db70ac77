package io.apfproxy.cli;

import io.apfproxy.config.Enforcement;
import io.apfproxy.request.AddressBlock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code serve} needs to know. Immutable; what contradicts itself is refused on reading.
 *
 * @param breakGlass null without such a listener
 * @param warmUp longest time for it; zero for none
 */
public record ProxyOptions(
    Listener listener,
    Upstream upstream,
    Authentication authentication,
    FlowControlling flowControl,
    Limits limits,
    @Nullable BreakGlass breakGlass,
    Admin admin,
    Shutdown shutdown,
    Duration warmUp,
    int logLevel) {

  /** Which native transport carries the traffic. */
  public enum Transport {
    /** epoll where it loads, else nio. */
    AUTO,
    IO_URING,
    EPOLL,
    NIO
  }

  /** What makes the TLS connections of clients. */
  public enum TlsEngine {
    /** BoringSSL where it loads, the JDK for clients who may need it. */
    AUTO,
    BORINGSSL,
    JDK
  }

  /**
   * The listener for clients.
   *
   * @param securePort 0 for a free one
   * @param certDir where the self-signed pair is kept if no certificate is given
   * @param certificate null for a self-signed one; given together with {@code privateKey}
   * @param eventLoops 1 or more
   * @param goAwayChance probability, 0 to 0.02, that an HTTP/2 request ends the use of its
   *     connection
   * @param trustedProxies whose word on where a request came from counts
   * @param corsAllowedOrigins regular expressions in Go's syntax
   */
  public record Listener(
      String bindAddress,
      int securePort,
      Path certDir,
      @Nullable Path certificate,
      @Nullable Path privateKey,
      int eventLoops,
      Transport transport,
      double goAwayChance,
      TlsEngine tlsEngine,
      List<AddressBlock> trustedProxies,
      List<String> corsAllowedOrigins) {
    public Listener {
      trustedProxies = List.copyOf(trustedProxies);
      corsAllowedOrigins = List.copyOf(corsAllowedOrigins);
    }
  }

  /**
   * The way to kube-apiserver.
   *
   * @param kubeconfig null for the service account of the pod
   * @param context null for the current one
   * @param identity {@code auto}, or modes in order of preference: {@code pass-through}, {@code
   *     request-header}, {@code impersonation}
   * @param frontProxyCertificate given together with {@code frontProxyKey}, or null
   * @param allowPrivilegedImpersonation impersonate with a credential that may do more than that
   * @param impersonatingAccount service account as {@code namespace/name} to impersonate with; null
   *     to use the proxy's own credential
   * @param allowInsecure whether plain HTTP and certificates that are not verified will do
   * @param holdWhileDown how long requests of which nothing was sent wait for an upstream that is
   *     away; zero for not at all
   */
  public record Upstream(
      @Nullable Path kubeconfig,
      @Nullable String context,
      List<String> identity,
      @Nullable Path frontProxyCertificate,
      @Nullable Path frontProxyKey,
      boolean allowPrivilegedImpersonation,
      @Nullable String impersonatingAccount,
      Duration requestTimeout,
      boolean allowInsecure,
      Duration holdWhileDown) {}

  /** How clients prove who they are. Files that are null are taken from the cluster if readable. */
  public record Authentication(
      boolean anonymous, @Nullable Path clientCa, @Nullable FrontProxy frontProxy) {}

  /**
   * Front proxies before us that may name their users.
   *
   * @param allowedNames common names; empty for any with a certificate of that CA
   */
  public record FrontProxy(
      Path clientCa,
      List<String> allowedNames,
      List<String> userHeaders,
      List<String> uidHeaders,
      List<String> groupHeaders,
      List<String> extraPrefixes) {}

  /**
   * What is admitted when.
   *
   * @param sources of schemas and levels; later ones lie over earlier ones
   * @param createSuggested keep the built-in objects in the cluster; only with our custom resources
   * @param fair false for the two classic limits
   * @param maxInFlight reading requests, part of the seats in all
   * @param maxMutatingInFlight writing requests, the other part
   * @param pollObjectCounts ask upstream's metrics each minute how many objects there are
   * @param enforcement of levels and rate limits that do not say; with the classic limits everybody
   * @param replicas proxies that share what limits of scope {@code Fleet} let pass, 1 to 64
   * @param moving how seats move below their sum
   */
  public record FlowControlling(
      List<Source> sources,
      boolean createSuggested,
      boolean fair,
      int maxInFlight,
      int maxMutatingInFlight,
      boolean exposeHeaders,
      boolean plainRefusals,
      ListCost listCost,
      boolean pollObjectCounts,
      Enforcement enforcement,
      int replicas,
      MovingSeats moving) {
    public FlowControlling {
      sources = List.copyOf(sources);
    }

    /** The built-in objects with other, fixed seats. */
    public FlowControlling withSeats(int reading, int writing) {
      return new FlowControlling(
          List.of(new Source(SourceKind.BUILTIN, null)),
          false,
          fair,
          reading,
          writing,
          exposeHeaders,
          plainRefusals,
          listCost,
          false,
          Enforcement.ENFORCE,
          1,
          new MovingSeats(false, 1, moving.target(), 0));
    }

    /** Seats of all levels together. */
    public int serverLimit() {
      return Math.addExact(maxInFlight, maxMutatingInFlight);
    }
  }

  /**
   * How seats move below their sum.
   *
   * @param adaptive whether they follow the upstream's delay; else only its return moves them
   * @param least the fewest, 1 or more; no more than there are in all where requests are fair
   * @param target how long the upstream may keep a tiny request waiting, 1 ms to 1 s
   * @param burst seats beyond their sum for levels that have saved something; 0 unless adaptive
   */
  public record MovingSeats(boolean adaptive, int least, Duration target, int burst) {}

  /** What makes a list wide. */
  public enum ListCost {
    /** kube-apiserver's arithmetic on the number and size of all objects. */
    COMPATIBLE,
    /** The bytes that such lists really had. */
    LEARNED
  }

  /** Where schemas and levels come from. */
  public enum SourceKind {
    /** kube-apiserver's mandatory and suggested objects. */
    BUILTIN,
    /** A folder of manifests. */
    FILES,
    /** Our custom resources in the cluster. */
    CRD,
    /** The cluster's own objects. */
    NATIVE
  }

  /**
   * One origin of schemas and levels.
   *
   * @param folder set for {@link SourceKind#FILES}, else null
   */
  public record Source(SourceKind kind, @Nullable Path folder) {}

  /**
   * How much of what clients can hold. 0 means no limit, where nothing else is said.
   *
   * @param connections of all clients
   * @param connectionsPerAddress of one address
   * @param newConnectionsPerAddress a second
   * @param handshakes under way
   * @param unlimited addresses that the limits per address do not hold for
   * @param watches open, of all users
   * @param watchesPerUser open, of one user
   * @param watchStartsPerUser a second
   * @param responseBuffer bytes of one response that holds seats, kept for a client that does not
   *     read; 0 for none
   */
  public record Limits(
      int connections,
      int connectionsPerAddress,
      int newConnectionsPerAddress,
      int handshakes,
      List<AddressBlock> unlimited,
      int watches,
      int watchesPerUser,
      int watchStartsPerUser,
      int responseBuffer) {
    public Limits {
      unlimited = List.copyOf(unlimited);
    }
  }

  /**
   * The administrators' own listener.
   *
   * @param groups not empty
   * @param seats 1 or more
   */
  public record BreakGlass(
      String bindAddress, int port, Path clientCa, List<String> groups, int seats) {
    public BreakGlass {
      groups = List.copyOf(groups);
    }
  }

  /**
   * The listener for operators.
   *
   * @param tls with the clients' certificate; without it only this machine reads more than health
   * @param topCounters heaviest users, agents and the like that are known at a time, 0 to 1000; 0
   *     for none
   * @param topMetrics users that metrics name, 0 to 20
   * @param accessLog null for none
   * @param recording null for none
   * @param tracing file with a {@code TracingConfiguration}; null for none
   */
  public record Admin(
      String bindAddress,
      int port,
      boolean tls,
      int topCounters,
      int topMetrics,
      @Nullable AccessLogging accessLog,
      @Nullable Recording recording,
      @Nullable Path tracing) {}

  /**
   * The log of requests.
   *
   * @param file {@code -} for standard output
   * @param sample part of the requests, 0 to 1
   * @param slow what takes longer is always told
   */
  public record AccessLogging(Path file, double sample, Duration slow) {}

  /**
   * A recording of requests, for replay.
   *
   * @param maxSize bytes of a file, 1 MiB or more
   * @param maxFiles that are kept, 1 to 1000
   * @param namesKey file with the key of the hashes that stand in the place of names; null for
   *     names as they are
   */
  public record Recording(Path folder, int maxSize, int maxFiles, @Nullable Path namesKey) {}

  /** What stands in the place of names in a recording. */
  public enum RecordedNames {
    /** Themselves. */
    PLAIN,
    /** Their hashes. */
    HASHED
  }

  /**
   * How the end comes.
   *
   * @param delay serving goes on for so long, not ready
   * @param grace then requests may finish for so long
   */
  public record Shutdown(Duration delay, Duration grace) {}

  /**
   * Options as the command line would give them, without environment; for embedding.
   *
   * @param flags such as {@code --secure-port=0}
   */
  public static ProxyOptions of(String... flags) throws UsageException {
    if (Command.parse(List.of(flags), java.util.Map.of()) instanceof Command.Serve serve) {
      return serve.options();
    }
    throw new UsageException("expected flags of serve only");
  }
}
