/**
 * The operators' listener: health, metrics, dumps, top talkers. Plain HTTP on loopback by default,
 * else TLS; never on the clients' listener. {@code Routes} is the table of what it serves; {@code
 * AdminServer} lets readers in and answers them; {@code PageMill} makes what takes long. Imports
 * Vert.x and the storeys below. Open {@link io.apfproxy.admin.AdminServer} first.
 */
@NullMarked
package io.apfproxy.admin;

import org.jspecify.annotations.NullMarked;
