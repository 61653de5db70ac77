package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.OwnAnswers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The body of a refusal. Whoever reads a Kubernetes {@code Status} is told why a priority level
 * refuses, as kubectl shows its message but no text; a text begins as kube-apiserver's, which
 * people grep for. Says nothing of other users. Source: specification seeing.md V-25 to V-27.
 *
 * @param account of the request, which is refused
 */
record RefusalText(RefusedException refusal, Account account, OwnAnswers own) {
  private static final String JSON = "application/json";
  private static final int LONGEST_ACCEPT = 2048;

  /**
   * Whether it is a {@code Status}.
   *
   * @param accept what the client takes, line by line; empty if it did not say
   */
  boolean isStatus(List<String> accept) {
    return refusal.plainText() == null
        || (isExplained()
            && (accept.isEmpty() || accept.stream().anyMatch(RefusalText::namesJson)));
  }

  /** Looks at so much of a line as any client writes. */
  private static boolean namesJson(String line) {
    String start = line.substring(0, Math.min(line.length(), LONGEST_ACCEPT));
    for (String type : start.split(",", -1)) {
      int parameters = type.indexOf(';');
      String name = parameters < 0 ? type : type.substring(0, parameters);
      if (name.strip().equalsIgnoreCase(JSON)) {
        return true;
      }
    }
    return false;
  }

  private boolean isExplained() {
    return refusal.seats() > 0 && !own.plainRefusals();
  }

  /** What it is where it is no {@code Status}. */
  String plain() {
    return refusal.plainText() + (isExplained() ? message() + "\n" : "");
  }

  private String message() {
    String message = String.valueOf(refusal.getMessage());
    return isExplained()
        ? "too many requests: " + message + "; try again in " + refusal.retryAfterSeconds() + " s"
        : message;
  }

  String status() {
    JsonObject status =
        new JsonObject()
            .put("kind", "Status")
            .put("apiVersion", "v1")
            .put("metadata", new JsonObject())
            .put("status", "Failure")
            .put("message", message())
            .put("reason", refusal.reason());
    if (refusal.retryAfterSeconds() > 0) {
      status.put("details", details());
    }
    return status.put("code", refusal.code()).encode() + "\n";
  }

  private JsonObject details() {
    JsonObject details = new JsonObject();
    if (isExplained()) {
      details.put("causes", causes());
    }
    return details.put("retryAfterSeconds", refusal.retryAfterSeconds());
  }

  private JsonArray causes() {
    JsonArray causes =
        new JsonArray()
            .add(cause(refusal.rule(), String.valueOf(refusal.getMessage())))
            .add(cause("Seats", Integer.toString(refusal.seats())))
            .add(cause("AuditID", account.auditId()));
    if (own.exposeNames()) {
      Classification where = account.classification();
      causes.add(cause("FlowSchema", where.flowSchema()));
      causes.add(cause("PriorityLevel", where.priorityLevel()));
      HeaviestFlow.Flow heaviest = account.heaviest();
      if (heaviest != null && !(heaviest.isShared() && heaviest.isOf(where))) {
        causes.add(cause("HeaviestFlow", heaviest.isOf(where) ? "yes" : "no"));
      }
    }
    return causes;
  }

  private static JsonObject cause(String reason, String message) {
    return new JsonObject().put("reason", reason).put("message", message);
  }
}
