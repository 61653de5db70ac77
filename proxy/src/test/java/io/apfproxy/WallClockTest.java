package io.apfproxy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whoever sets the machine's clock ends no wait and starts none: waits, queues, rates and leases go
 * by {@code nanoTime}. The wall clock is for what is written in wall-clock time.
 */
@Tag("S90")
class WallClockTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("io/apfproxy/fixtures"))
          .importPackages("io.apfproxy");

  /** For the validity of certificates, and for times that are shown or written. */
  private static final Set<String> MAY_READ_THE_SYSTEMS =
      Set.of(
          "io.apfproxy.time.SystemTime",
          "io.apfproxy.app.ProxyApp",
          "io.apfproxy.app.LivePart",
          "io.apfproxy.app.SelfMetrics",
          "io.apfproxy.app.ServingCertificate",
          "io.apfproxy.kube.write.ConditionWriter",
          "io.apfproxy.kube.write.Leases");

  /** What each is for. */
  private static final Set<String> MAY_ASK_FOR_THE_DATE =
      Set.of(
          // believe no certificate and no token beyond its end
          "io.apfproxy.authn.who.ChainVerifier",
          "io.apfproxy.authn.who.TokenAuthenticator",
          // tells how long one lasts
          "io.apfproxy.app.BreakGlassAuthority",
          // show times
          "io.apfproxy.flowcontrol.FlowControlDumps",
          "io.apfproxy.report.talkers.Talkers",
          "io.apfproxy.report.refusals.RefusalNotes",
          "io.apfproxy.live.Sampler",
          "io.apfproxy.app.LivePart",
          "io.apfproxy.app.TalkersPart",
          "io.apfproxy.source.Reconfiguration",
          "io.apfproxy.command.AdoptCommand",
          "io.apfproxy.server.log.AccessLog",
          "io.apfproxy.server.log.Recording",
          "io.apfproxy.server.log.RecordFiles",
          // counts refusals by whole seconds as kube-apiserver does, for Retry-After
          "io.apfproxy.flowcontrol.ApfRequest",
          // write Date
          "io.apfproxy.server.walk.HttpDate",
          "io.apfproxy.admin.ReplyWriter");

  @Test
  void onlyFewReadTheSystemsClock() {
    noClasses()
        .that(are(MAY_READ_THE_SYSTEMS))
        .should()
        .accessTargetWhere(
            describe(
                "reads the wall clock",
                access ->
                    isCall(access, "java.lang.System", "currentTimeMillis")
                        || isCall(access, "java.time.Instant", "now")
                        || isCall(access, "java.time.LocalDateTime", "now")
                        || isCall(access, "java.time.ZonedDateTime", "now")))
        .check(PRODUCT);
  }

  @Test
  void onlyFewAskForTheDate() {
    noClasses()
        .that(are(MAY_ASK_FOR_THE_DATE))
        .should()
        .accessTargetWhere(
            describe(
                "asks for the date",
                access -> isCall(access, "io.apfproxy.time.TimeSource", "epochMillis")))
        .check(PRODUCT);
  }

  private static DescribedPredicate<JavaClass> are(Set<String> exempt) {
    return describe(
        "are not " + exempt, type -> !exempt.contains(type.getName().replaceFirst("\\$.*", "")));
  }

  private static boolean isCall(JavaAccess<?> access, String owner, String method) {
    return access.getTargetOwner().getName().equals(owner) && access.getName().equals(method);
  }
}
