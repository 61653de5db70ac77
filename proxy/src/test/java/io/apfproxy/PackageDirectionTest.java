package io.apfproxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * An import may only go to a package of a lower storey, never sideways; the core knows nothing but
 * {@code java.*}.
 */
class PackageDirectionTest {
  private static final String ROOT = "io.apfproxy";

  /** From the ground up. Each package stands for itself alone, its sub-packages for themselves. */
  private static final List<List<String>> STOREYS =
      List.of(
          List.of("queueset", "borrowing", "request", "time"),
          List.of("config", "work"),
          List.of("classify", "level", "budget", "gate"),
          List.of("flowcontrol", "limit"),
          List.of("report", "upstream.members"),
          List.of("report.talkers", "report.refusals"),
          // from here on libraries
          List.of("process", "json", "tls", "cli", "authn.head", "learn", "recorded"),
          List.of("timer", "authn.memo", "upstream.wire"),
          List.of("source", "authn.who", "upstream.exchange"),
          List.of("authn.act", "upstream.tunnel"),
          List.of("authn.tell", "upstream"),
          List.of("authn", "live"),
          List.of(
              "server.log",
              "admin",
              "metrics",
              "tracing",
              "kube",
              "kube.access",
              "kube.review",
              "replay.figures"),
          List.of("server.listen", "kube.watch", "replay", "replay.page"),
          List.of("server.walk", "kube.write", "replay.scenario", "replay.audit"),
          List.of("server", "replay.suggest"),
          List.of("command", "app.warm"),
          List.of("app"));

  private static final int FIRST_STOREY_WITH_LIBRARIES = 6;

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("io/apfproxy/fixtures"))
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> importsGoDownOnly() {
    return IntStream.range(0, STOREYS.size())
        .boxed()
        .flatMap(
            storey ->
                STOREYS.get(storey).stream()
                    .map(name -> DynamicTest.dynamicTest(name, () -> checkStorey(name, storey))));
  }

  private static void checkStorey(String name, int storey) {
    String[] forbidden =
        Stream.concat(
                STOREYS.subList(storey, STOREYS.size()).stream()
                    .flatMap(List::stream)
                    .filter(other -> !other.equals(name))
                    .map(PackageDirectionTest::full),
                Stream.of(ROOT))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(full(name))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(true)
        .check(PRODUCT);
  }

  private static String full(String name) {
    return ROOT + "." + name;
  }

  @Test
  void everyPackageHasItsStorey() {
    List<String> all =
        STOREYS.stream().flatMap(List::stream).map(PackageDirectionTest::full).toList();
    assertThat(
            PRODUCT.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .collect(Collectors.toSet()))
        .isSubsetOf(all);
  }

  @Test
  void coreImportsNothingButJava() {
    String[] core =
        STOREYS.subList(0, FIRST_STOREY_WITH_LIBRARIES).stream()
            .flatMap(List::stream)
            .map(PackageDirectionTest::full)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAnyPackage(core)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(Stream.of("java..", "org.jspecify.annotations"), Stream.of(core))
                .toArray(String[]::new))
        .check(PRODUCT);
  }

  @Test
  void fabric8IsKnownToKubeOnly() {
    onlyKnownTo("io.fabric8..", "io.apfproxy.kube..");
  }

  @Test
  void micrometerIsKnownToMetricsOnly() {
    onlyKnownTo("io.micrometer..", "io.apfproxy.metrics..");
    onlyKnownTo("io.prometheus..", "io.apfproxy.metrics..");
  }

  @Test
  void openTelemetryIsKnownToTracingOnly() {
    onlyKnownTo("io.opentelemetry..", "io.apfproxy.tracing..");
  }

  @Test
  void vertxIsKnownToTheOuterPackagesOnly() {
    String[] outer = {
      "io.apfproxy.app..",
      "io.apfproxy.server..",
      "io.apfproxy.admin..",
      "io.apfproxy.authn..",
      "io.apfproxy.upstream..",
      "io.apfproxy.tls.."
    };
    onlyKnownTo("io.vertx..", outer);
    onlyKnownTo(
        "io.netty..",
        Stream.concat(Stream.of(outer), Stream.of("io.apfproxy.learn")).toArray(String[]::new));
  }

  private static void onlyKnownTo(String library, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(PRODUCT);
  }
}
