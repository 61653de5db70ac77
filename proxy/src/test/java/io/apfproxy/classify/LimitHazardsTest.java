package io.apfproxy.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.RateLimit;
import io.apfproxy.config.RateLimit.TokenBucket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** W1 to W3 of specification limits.md L-13. */
class LimitHazardsTest {
  private static final List<String> ANY = List.of("*");
  private static final List<Subject> VITAL =
      List.of(
          Subject.group("system:nodes"),
          Subject.user("system:kube-controller-manager"),
          Subject.user("system:kube-scheduler"));

  private String stage = RateLimit.AFTER_AUTHENTICATION;
  private List<Subject> subjects = List.of(Subject.group("system:authenticated"));
  private List<Subject> except = List.of();
  private List<String> agents = List.of();
  private String longRunning = RateLimit.INCLUDE;
  private RateLimit.Key key;
  private String unit = RateLimit.REQUESTS;
  private TokenBucket bucket = new TokenBucket(10, "1s", 10, "0s");
  private Map<String, String> annotations = Map.of();

  /** L-32, V-30. */
  @Test
  void warnsOfAnEnforcementThatIsNone() {
    except = VITAL;
    annotations = Map.of("apf-proxy.io/enforcement", "shadwo");
    assertThat(hazards())
        .containsExactly(
            "annotation apf-proxy.io/enforcement has no effect: found \"shadwo\", expected"
                + " enforce, shadow, or 1% to 99% of users");

    annotations = Map.of("apf-proxy.io/enforcement", "25%");
    assertThat(hazards()).isEmpty();
  }

  @Test
  void warnsOfANumberOfKeysWhereThereAreNone() {
    except = VITAL;
    key = new RateLimit.Key(List.of(), "", 500);
    assertThat(hazards())
        .containsExactly("key.max has no effect without key.by: all requests share one bucket");

    key = new RateLimit.Key(List.of(), "", RateLimit.USUAL_KEYS);
    assertThat(hazards()).as("the API server says it where nobody does").isEmpty();
    key = new RateLimit.Key(List.of("User"), "", 500);
    assertThat(hazards()).isEmpty();
  }

  @Test
  @Tag("S57")
  void w1WarnsThatRenewalsOfLeasesMayBeRefused() {
    assertThat(hazards())
        .containsExactly(
            "a renewal of the lease of kube-controller-manager may be delayed or refused:"
                + " exceptSubjects should have the user system:kube-controller-manager",
            "a renewal of the lease of kube-scheduler may be delayed or refused: exceptSubjects"
                + " should have the user system:kube-scheduler",
            "a renewal of a node's lease may be delayed or refused: exceptSubjects should have the"
                + " group system:nodes",
            "a node's status may be delayed or refused: exceptSubjects should have the group"
                + " system:nodes");
  }

  @Test
  @Tag("S57")
  void w1FindsNothingWrongWithALimitThatDoesNotConcernThem() {
    except = VITAL;
    assertThat(hazards()).isEmpty();

    except = List.of();
    agents = List.of("kubectl/");
    assertThat(hazards()).isEmpty();

    agents = List.of();
    longRunning = RateLimit.ONLY;
    assertThat(hazards()).isEmpty();

    longRunning = RateLimit.INCLUDE;
    key = new RateLimit.Key(List.of(RateLimit.GROUP), "system:serviceaccounts:", 10);
    assertThat(hazards()).isEmpty();
  }

  @Test
  void w1SeesAnAgentAndAGroupThatIsTheirs() {
    agents = List.of("kubelet/v1.37");
    key = new RateLimit.Key(List.of(RateLimit.GROUP), "system:", 10);

    assertThat(hazards()).hasSize(2).allMatch(message -> message.contains("node's"));
  }

  @Test
  void w1SaysWhatToDoWhereNobodyIsKnownYet() {
    stage = RateLimit.BEFORE_AUTHENTICATION;
    subjects = List.of();

    assertThat(hazards())
        .hasSize(4)
        .allMatch(message -> message.endsWith(": rules or userAgents should leave it out"));
  }

  @Test
  void w2WarnsThatAClientMayCallItselfOtherwise() {
    except = VITAL;
    key = new RateLimit.Key(List.of(RateLimit.USER_AGENT), "", 10);

    assertThat(hazards())
        .containsExactly(
            "a client leaves it by calling itself otherwise: beside UserAgent, key should have User"
                + " or SourceAddress");

    String names =
        "a client has a new bucket for each name that it calls itself by: userAgents should have"
            + " the programs that are meant, each up to its slash, such as kubectl/";
    key = new RateLimit.Key(List.of(RateLimit.USER, RateLimit.USER_AGENT), "", 10);
    assertThat(hazards()).containsExactly(names);

    agents = List.of("kubectl/", "argo");
    assertThat(hazards()).containsExactly(names);

    agents = List.of("kubectl/", "argocd-server/v3");
    assertThat(hazards()).isEmpty();
  }

  @Test
  void w3WarnsThatAllWhomItNamesAreExcepted() {
    String nothing = "it matches nothing: exceptSubjects has all whom its rules name";
    subjects = List.of(Subject.serviceAccount("ci", "*"), Subject.user("alice"));
    except = List.of(Subject.group("system:serviceaccounts:ci"), Subject.user("alice"));
    assertThat(hazards()).containsExactly(nothing);

    except = List.of(Subject.group("system:authenticated"));
    assertThat(hazards()).containsExactly(nothing);

    except = List.of(Subject.serviceAccount("ci", "builder"), Subject.user("alice"));
    assertThat(hazards()).isEmpty();

    subjects = List.of(Subject.user("*"));
    except = List.of(Subject.group("system:authenticated"));
    assertThat(hazards()).isEmpty(); // strangers are left

    except = List.of(Subject.group("*"));
    assertThat(hazards()).containsExactly(nothing);
  }

  @Test
  @Tag("L-21")
  void warnsThatAStreamLosesWhatItIsWokenTooLateFor() {
    except = VITAL;
    unit = RateLimit.BYTES;
    bucket = new TokenBucket(8 << 20, "1s", 65_536, "0s");
    assertThat(hazards())
        .containsExactly(
            "streams may stay below its rate: its burst comes in 7 ms, and what they are woken"
                + " later by is lost; burst should be 419431 or more");

    bucket = new TokenBucket(8 << 20, "1s", 419_430, "0s");
    assertThat(hazards()).hasSize(1);
    bucket = new TokenBucket(8 << 20, "1s", 419_431, "0s");
    assertThat(hazards()).isEmpty();

    bucket = new TokenBucket(1 << 20, "1s", 65_536, "0s");
    assertThat(hazards()).as("62 ms").isEmpty();

    bucket = new TokenBucket(8 << 20, "1s", 65_536, "0s");
    longRunning = RateLimit.EXCLUDE;
    assertThat(hazards()).as("no stream").isEmpty();
  }

  private List<String> hazards() {
    RateLimit.Spec spec =
        new RateLimit.Spec(
            stage,
            List.of(
                new Rule(
                    subjects,
                    List.of(new ResourceRule(ANY, ANY, ANY, true, ANY)),
                    List.of(new NonResourceRule(ANY, ANY)))),
            except,
            agents,
            List.of(),
            longRunning,
            key,
            unit,
            RateLimit.TOKEN_BUCKET,
            bucket,
            null,
            null,
            RateLimit.PROXY);
    RateLimit limit = new RateLimit(ObjectMeta.of("limit", "", annotations), spec, List.of());
    List<Hazard> found =
        Hazard.of(FlowControlConfiguration.builtIn().withRateLimits(List.of(limit)));
    assertThat(found).allMatch(hazard -> hazard.object().equals(limit.key()));
    assertThat(found).allMatch(hazard -> Hazard.isWithin(hazard.object()));
    return found.stream().map(Hazard::message).toList();
  }
}
