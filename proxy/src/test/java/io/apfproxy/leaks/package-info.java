/** Watches over Netty's buffers while the tests run. Open {@link io.apfproxy.leaks.LeakReports}. */
package io.apfproxy.leaks;
