/**
 * The façade of flow control: everything above asks {@link io.apfproxy.flowcontrol.FlowControl} and
 * knows no queue. From here down only {@code java.*} is imported.
 */
package io.apfproxy.flowcontrol;
