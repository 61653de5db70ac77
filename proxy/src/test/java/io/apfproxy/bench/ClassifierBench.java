package io.apfproxy.bench;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.request.RequestDigest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Finding schema, level and flow of a request. The last schema but one matches, as in the
 * reference's benchmark, or the first.
 */
public class ClassifierBench extends TimedBench {
  @Param({"11", "100", "1000"})
  public int schemas;

  @Param public Tenants tenants;

  private Classifier classifier;
  private RequestDigest ofLastTenant;
  private RequestDigest exempt;

  /** Makes the configuration, and sees that the request goes where it should. */
  @Setup
  public void configure() {
    classifier = new Classifier(BenchConfiguration.of(schemas, tenants));
    ofLastTenant = BenchConfiguration.get(tenants, schemas - 3);
    exempt = BenchConfiguration.getExempt();
    if (lastButOne().schemaIndex() != schemas - 2 || first().schemaIndex() != 0) {
      throw new IllegalStateException("matches schema " + lastButOne().schemaIndex());
    }
  }

  /** A tenant's request: with the hash of its flow. */
  @Benchmark
  public FlowMatch lastButOne() {
    return classifier.classify(ofLastTenant.info(), ofLastTenant.user());
  }

  /** An exempt request: without hash. */
  @Benchmark
  public FlowMatch first() {
    return classifier.classify(exempt.info(), exempt.user());
  }
}
