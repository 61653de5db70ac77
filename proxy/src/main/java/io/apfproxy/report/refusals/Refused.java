package io.apfproxy.report.refusals;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.HeaviestFlow;
import org.jspecify.annotations.Nullable;

/**
 * One refusal. All that clients wrote is cut and escaped, so that it may be shown. Source:
 * specification seeing.md V-28.
 *
 * @param epochMillis when it was refused
 * @param auditId of the request; empty of a connection
 * @param rule fixed name of the rule that refused
 * @param would whether it only would have been refused, by a level or limit that may not hold it,
 *     and was sent on
 * @param code HTTP status; 0 of a connection, which is told nothing
 * @param message what the client was told, or what was done with the connection
 * @param request method and target, without the values of parameters that nobody may see; empty of
 *     a connection
 * @param place where flow control had put it; {@link Classification#NONE} if it did not come to
 *     that
 * @param rateLimit name of the rate limit that refused; empty if none did
 * @param rateLimitKey what of the request has a bucket of its own there, in words
 * @param seats that it asked for if a level refused it; else 0
 * @param found what that level was like
 * @param waitedNanos from its arrival to its refusal
 * @param retryAfterSeconds that the client was told; 0 if none
 * @param heaviest who used that level most; null if nobody knows
 */
public record Refused(
    long epochMillis,
    String auditId,
    String rule,
    boolean would,
    int code,
    String message,
    Who who,
    String request,
    Classification place,
    String rateLimit,
    String rateLimitKey,
    int seats,
    Circumstances found,
    long waitedNanos,
    int retryAfterSeconds,
    HeaviestFlow.@Nullable Flow heaviest) {
  /**
   * Who asked.
   *
   * @param user as flow control sees it; empty if nobody found out
   * @param agent what the client calls itself; empty if it does not
   * @param address of the client's socket; empty if it was gone
   */
  public record Who(String user, String agent, String address) {}
}
