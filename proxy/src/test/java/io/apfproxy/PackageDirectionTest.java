package io.apfproxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * An import may only go to a package of a lower storey; the core knows nothing but {@code java.*}.
 */
class PackageDirectionTest {
  private static final List<List<String>> STOREYS =
      List.of(
          List.of("nullness"),
          List.of("queueset", "borrowing", "request", "time"),
          List.of("config", "work"),
          List.of("classify", "level"),
          List.of("flowcontrol"),
          List.of("authn", "upstream", "cli", "source"),
          List.of("server", "admin", "kube", "metrics"),
          List.of("app"));
  private static final int FIRST_STOREY_WITH_LIBRARIES = 5;

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("io/apfproxy/fixtures"))
          .importPackages("io.apfproxy");

  @TestFactory
  Stream<DynamicTest> importsGoDownOnly() {
    return java.util.stream.IntStream.range(0, STOREYS.size())
        .boxed()
        .flatMap(
            storey ->
                STOREYS.get(storey).stream()
                    .map(name -> DynamicTest.dynamicTest(name, () -> checkStorey(name, storey))));
  }

  private static void checkStorey(String name, int storey) {
    String[] forbidden =
        STOREYS.subList(storey, STOREYS.size()).stream()
            .flatMap(List::stream)
            .filter(other -> !other.equals(name))
            .map(other -> "io.apfproxy." + other + "..")
            .toArray(String[]::new);
    if (forbidden.length > 0) {
      noClasses()
          .that()
          .resideInAPackage("io.apfproxy." + name + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(forbidden)
          .allowEmptyShould(true)
          .check(PRODUCT);
    }
  }

  @Test
  void coreImportsNothingButJava() {
    String[] core =
        STOREYS.subList(0, FIRST_STOREY_WITH_LIBRARIES).stream()
            .flatMap(List::stream)
            .map(name -> "io.apfproxy." + name + "..")
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAnyPackage(core)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(Stream.of("java.."), Stream.of(core)).toArray(String[]::new))
        .check(PRODUCT);
  }

  @Test
  void fabric8IsKnownToKubeOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.apfproxy.kube..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fabric8..")
        .check(PRODUCT);
  }

  @Test
  void micrometerIsKnownToMetricsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.apfproxy.metrics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .check(PRODUCT);
  }

  @Test
  void vertxIsKnownToTheOuterPackagesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.apfproxy.app..",
            "io.apfproxy.server..",
            "io.apfproxy.admin..",
            "io.apfproxy.authn..",
            "io.apfproxy.upstream..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(PRODUCT);
  }
}
