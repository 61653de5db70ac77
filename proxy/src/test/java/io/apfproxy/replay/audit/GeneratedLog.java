package io.apfproxy.replay.audit;

import java.util.concurrent.TimeUnit;

/**
 * A long audit log, the same each time: 8,000 requests a second of nodes, service accounts and
 * users, by their end. A third of them ask for an object that nobody else asks for. Not
 * thread-safe.
 */
public final class GeneratedLog {
  private static final long MICROS_APART = 125;
  private static final long LONGEST_MICROS = 200_000;
  private static final long MICROS_PER_SECOND = TimeUnit.SECONDS.toMicros(1);
  private static final int START_HOUR = 10;
  private static final String[] VERBS = {"get", "get", "update", "list", "patch", "create"};

  private long number;

  /** Adds the next line, of about 900 bytes. */
  public void next(StringBuilder to) {
    long dice = mixed(number);
    long end = MICROS_PER_SECOND + number * MICROS_APART;
    long took = 1_000 + Long.remainderUnsigned(dice, LONGEST_MICROS);
    String verb = VERBS[(int) Long.remainderUnsigned(dice >>> 8, VERBS.length)];
    int namespace = (int) (dice >>> 20 & 0xff);
    to.append("{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",");
    to.append("\"auditID\":\"").append(Long.toHexString(dice)).append('-').append(number);
    to.append("\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/namespaces/space-");
    to.append(namespace).append("/pods");
    switch (verb) {
      case "list" -> to.append("?limit=500&resourceVersion=0");
      case "create" -> to.append("?fieldManager=kubectl-create&fieldValidation=Strict");
      default -> to.append("/pod-").append(dice < 0 ? dice >>> 40 & 0x3ff : number);
    }
    to.append("\",\"verb\":\"").append(verb).append("\",\"user\":{\"username\":\"");
    user(to, (int) (dice >>> 32 & 0xfff), namespace);
    to.append("\"],\"extra\":{\"authentication.kubernetes.io/credential-id\":[\"JTI=");
    to.append("9e1f2c5a-1c1b-4c7e-9f43-0b6f2a3d5e71\"]}},\"sourceIPs\":[\"192.0.2.17\"],");
    to.append("\"userAgent\":\"kubelet/v1.35.0 (linux/amd64) kubernetes/4f2a1b0\",\"objectRef\":{");
    to.append("\"resource\":\"pods\",\"namespace\":\"space-").append(namespace);
    to.append("\",\"apiVersion\":\"v1\"},\"responseStatus\":{\"metadata\":{},\"code\":200},");
    to.append("\"requestReceivedTimestamp\":\"");
    time(to, end - took);
    to.append("\",\"stageTimestamp\":\"");
    time(to, end);
    to.append("\",\"annotations\":{\"authorization.k8s.io/decision\":\"allow\",");
    to.append("\"authorization.k8s.io/reason\":\"RBAC: allowed by ClusterRoleBinding");
    to.append(" \\\"workers\\\" of ClusterRole \\\"workers\\\" to Group \\\"workers\\\"\"}}\n");
    number++;
  }

  private static void user(StringBuilder to, int user, int namespace) {
    switch (user & 3) {
      case 0 ->
          to.append("system:node:node-")
              .append(user)
              .append("\",\"groups\":[\"system:nodes\",\"system:authenticated");
      case 1 ->
          to.append("system:serviceaccount:space-")
              .append(namespace)
              .append(":worker\",\"groups\":[\"system:serviceaccounts\",\"system:authenticated");
      default ->
          to.append("user-").append(user).append("\",\"groups\":[\"dev\",\"system:authenticated");
    }
  }

  private static void time(StringBuilder to, long micros) {
    long second = micros / MICROS_PER_SECOND;
    to.append("2026-11-28T");
    digits(to, START_HOUR + second / 3600, 10);
    to.append(':');
    digits(to, second / 60 % 60, 10);
    to.append(':');
    digits(to, second % 60, 10);
    to.append('.');
    digits(to, micros % MICROS_PER_SECOND, 100_000);
    to.append('Z');
  }

  /**
   * @param first what the first digit counts
   */
  private static void digits(StringBuilder to, long value, int first) {
    for (int place = first; place > 0; place /= 10) {
      to.append((char) ('0' + value / place % 10));
    }
  }

  /** The end of SplitMix64. */
  private static long mixed(long value) {
    long z = (value + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
