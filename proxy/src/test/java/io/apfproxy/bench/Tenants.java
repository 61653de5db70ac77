package io.apfproxy.bench;

/** By what the schemas of {@link BenchConfiguration} tell their tenants apart. */
public enum Tenants {
  USERS,
  GROUPS,
  SERVICE_ACCOUNTS,
  NAMESPACES
}
