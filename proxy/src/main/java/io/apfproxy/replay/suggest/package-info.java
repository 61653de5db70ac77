/**
 * Schemas and levels proposed from an audit log, each proved by running the log with it. Open
 * {@code Suggest} first: it finds who crowds others out ({@code Contention}), makes a {@code
 * Proposal} of it, and keeps what helps those others ({@code Others}) and hurts no level.
 */
@NullMarked
package io.apfproxy.replay.suggest;

import org.jspecify.annotations.NullMarked;
